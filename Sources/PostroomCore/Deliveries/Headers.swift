/// The header fields of a request, in their order, byte for byte.
///
/// They are held in wire form, `Name: value` and a line feed each, just as they stand in the database. Looking a
/// field up reads that form; no dictionary is built for what nobody asks for.
public struct Headers: Hashable, Sendable {
    /// The fields in wire form.
    public private(set) var wire: [UInt8]

    /// No fields.
    public init() {
        self.wire = []
    }

    /// Takes over fields that are in wire form already.
    public init(wire: [UInt8]) {
        self.wire = wire
    }

    /// The given fields, in their order.
    public init(_ fields: [(name: String, value: String)]) {
        self.wire = []
        for field in fields {
            append(name: field.name, value: field.value)
        }
    }

    /// Adds a field at the end.
    ///
    /// Carriage returns and line feeds inside become spaces, so that nobody can forge a field.
    public mutating func append(name: String, value: String) {
        appendText(name)
        wire.append(UInt8(ascii: ":"))
        wire.append(UInt8(ascii: " "))
        appendText(value)
        wire.append(UInt8(ascii: "\n"))
    }

    private mutating func appendText(_ text: String) {
        for byte in text.utf8 {
            wire.append(byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") ? UInt8(ascii: " ") : byte)
        }
    }

    /// Returns the same fields, with a mark in place of the values of some.
    ///
    /// - Parameters:
    ///   - names: The names of the fields to be hidden, whatever their case.
    ///   - mark: The text in place of their values.
    /// - Returns: The fields; all others are as they were, byte for byte.
    public func hiding(_ names: [String], behind mark: String) -> Headers {
        var hidden = Headers()
        hidden.wire.reserveCapacity(wire.count)
        var start = wire.startIndex
        while start < wire.endIndex {
            let end = wire[start...].firstIndex(of: UInt8(ascii: "\n")) ?? wire.endIndex
            let line = wire[start..<min(end + 1, wire.endIndex)]
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            if names.contains(where: { Headers.isEqual(name, $0) }) {
                hidden.wire += name
                hidden.wire += ": \(mark)\n".utf8
            } else {
                hidden.wire += line
            }
            start = end + 1
        }
        return hidden
    }

    /// Returns the values of every field with that name, whatever its case, in their order.
    public func values(_ name: String) -> [String] {
        var found: [String] = []
        forEachField { fieldName, value in
            if Headers.isEqual(fieldName, name) {
                found.append(String(decoding: value, as: UTF8.self))
            }
        }
        return found
    }

    /// Returns the value of the field with that name, or `nil` where there is none or more than one.
    public func only(_ name: String) -> String? {
        let found = values(name)
        return found.count == 1 ? found[0] : nil
    }

    /// Every field as text.
    ///
    /// Bytes that are not UTF-8 become the replacement character here, not in ``wire``.
    public var fields: [(name: String, value: String)] {
        var list: [(name: String, value: String)] = []
        forEachField { name, value in
            list.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return list
    }

    private func forEachField(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
        var start = wire.startIndex
        while start < wire.endIndex {
            let end = wire[start...].firstIndex(of: UInt8(ascii: "\n")) ?? wire.endIndex
            if let colon = wire[start..<end].firstIndex(of: UInt8(ascii: ":")) {
                let value = wire[(colon + 1)..<end]
                body(wire[start..<colon], value.first == UInt8(ascii: " ") ? value.dropFirst() : value)
            }
            start = end + 1
        }
    }

    private static func isEqual(_ bytes: ArraySlice<UInt8>, _ name: String) -> Bool {
        let other = name.utf8
        return bytes.count == other.count && zip(bytes, other).allSatisfy { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
