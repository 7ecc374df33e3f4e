import PostroomCore

/// A JSON value whose members keep the order in which they were written, so that output is stable.
package enum JSONTree: Hashable, Sendable {
    /// Nothing.
    case null
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int64)
    /// Any number; one that JSON can't hold is written as `null`.
    case number(Double)
    /// A text.
    case string(String)
    /// Values in their order.
    case array([JSONTree])
    /// Members in their order, each name once.
    case object([Member])

    /// A named value of an object.
    package struct Member: Hashable, Sendable {
        package let name: String
        package let value: JSONTree

        package init(_ name: String, _ value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    /// A text, or `null` where there is none.
    package static func string(orNull text: String?) -> JSONTree {
        text.map { .string($0) } ?? .null
    }

    /// A whole number, or `null` where there is none.
    package static func integer(orNull number: (some BinaryInteger)?) -> JSONTree {
        number.map { .integer(Int64($0)) } ?? .null
    }

    /// The value in one line.
    package var line: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    /// The value with each element or member of the outermost level in a line of its own, and a line end.
    package var lines: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .array(let elements) where !elements.isEmpty:
            Self.append(elements, "[", "]", separator: ",\n", around: "\n", indent: "  ", to: &bytes) {
                element,
                bytes in
                element.append(to: &bytes)
            }
        case .object(let members) where !members.isEmpty:
            Self.append(members, "{", "}", separator: ",\n", around: "\n", indent: "  ", to: &bytes) { member, bytes in
                member.append(to: &bytes)
            }
        default: append(to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .number(let value): bytes.append(contentsOf: (value.isFinite ? String(value) : "null").utf8)
        case .string(let value): JSONString.append(value, to: &bytes, escaping: EscapedText.isActive)
        case .array(let elements):
            Self.append(elements, "[", "]", to: &bytes) { element, bytes in element.append(to: &bytes) }
        case .object(let members):
            Self.append(members, "{", "}", to: &bytes) { member, bytes in member.append(to: &bytes) }
        }
    }

    private static func append<Element>(
        _ elements: [Element],
        _ opening: String,
        _ closing: String,
        separator: String = ",",
        around: String = "",
        indent: String = "",
        to bytes: inout [UInt8],
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(contentsOf: (opening + around).utf8)
        for (index, element) in elements.enumerated() {
            bytes.append(contentsOf: ((index == 0 ? "" : separator) + indent).utf8)
            write(element, &bytes)
        }
        bytes.append(contentsOf: (around + closing).utf8)
    }
}

extension JSONTree.Member {
    fileprivate func append(to bytes: inout [UInt8]) {
        JSONString.append(name, to: &bytes, escaping: EscapedText.isActive)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: value.line)
    }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    package init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    package init(booleanLiteral value: Bool) {
        self = .boolean(value)
    }

    package init(nilLiteral: ()) {
        self = .null
    }

    package init(arrayLiteral elements: JSONTree...) {
        self = .array(elements)
    }

    package init(dictionaryLiteral elements: (String, JSONTree)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}

extension JSONTree {
    /// An object with the members of another at its end.
    func adding(_ other: JSONTree) -> JSONTree {
        guard case .object(let more) = other else { return self }
        return adding(more)
    }

    /// An object with further members at its end.
    func adding(_ more: [Member]) -> JSONTree {
        guard case .object(let members) = self else { return self }
        return .object(members + more)
    }
}
