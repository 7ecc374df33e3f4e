import PostroomCore

@testable import PostroomSources

/// A JSON text taken apart so far that it can be changed, and put together again with any mistake in it.
indirect enum JSONTree: Sendable {
    case object([Member])
    case array([JSONTree])
    /// Any bytes: a number, a text, or what is no JSON at all.
    case scalar([UInt8])

    /// A member of an object.
    struct Member: Sendable {
        /// The meaning of the name.
        var name: String
        /// `true` where it is written with an escape.
        var isEscaped = false
        var value: JSONTree
    }

    init(_ value: JSONValue) {
        if let object = value.object {
            self = .object(object.entries.map { Member(name: $0.name, value: JSONTree($0.value)) })
        } else if let elements = value.elements {
            self = .array(elements.map(JSONTree.init))
        } else {
            self = .scalar(Array(value.bytes))
        }
    }

    init(_ object: JSONObject) {
        self = .object(object.entries.map { Member(name: $0.name, value: JSONTree($0.value)) })
    }

    /// The number of values in it, itself included.
    var count: Int {
        switch self {
        case .object(let members): members.reduce(1) { $0 + $1.value.count }
        case .array(let elements): elements.reduce(1) { $0 + $1.count }
        case .scalar: 1
        }
    }

    /// The value at a place, counted from the root.
    subscript(place: Int) -> JSONTree {
        var rest = place
        return find(&rest) ?? self
    }

    private func find(_ rest: inout Int) -> JSONTree? {
        if rest == 0 { return self }
        rest -= 1
        switch self {
        case .object(let members):
            for member in members {
                if let found = member.value.find(&rest) { return found }
            }
        case .array(let elements):
            for element in elements {
                if let found = element.find(&rest) { return found }
            }
        case .scalar: break
        }
        return nil
    }

    /// Changes the value at a place.
    mutating func change(at place: Int, _ change: (inout JSONTree) -> Void) {
        var rest = place
        _ = visit(&rest, change)
    }

    private mutating func visit(_ rest: inout Int, _ change: (inout JSONTree) -> Void) -> Bool {
        if rest == 0 {
            change(&self)
            return true
        }
        rest -= 1
        switch self {
        case .object(var members):
            for index in members.indices where members[index].value.visit(&rest, change) {
                self = .object(members)
                return true
            }
        case .array(var elements):
            for index in elements.indices where elements[index].visit(&rest, change) {
                self = .array(elements)
                return true
            }
        case .scalar: break
        }
        return false
    }

    /// The text.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .scalar(let text): bytes += text
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += Array(Self.written(member).utf8)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// A name with its quotes; with an escape for its first letter where that is asked for.
    private static func written(_ member: Member) -> String {
        guard member.isEscaped, let first = member.name.utf8.first, first.isASCIILetter else {
            return JSONString.quoted(member.name)
        }
        let rest = JSONString.quoted(String(member.name.dropFirst())).dropFirst()
        return "\"\\u00\(Hexadecimal.encode([first]))\(rest)"
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
