/// Why a text is not read as JSON, and where.
struct JSONFault: Error, Hashable, CustomStringConvertible {
    /// The kinds of faults.
    enum Kind: String, CaseIterable {
        case tooLarge = "too large"
        case tooDeep = "nested too deep"
        case tooManyMembers = "too many members in the outer object"
        case truncated = "ends too early"
        case notAnObject = "not an object"
        case unexpectedByte = "not JSON"
        case invalidUTF8 = "not UTF-8"
        case duplicateMember = "two members of the outer object have one name"
        case trailingBytes = "more bytes after the object"
    }

    let kind: Kind
    /// The place in the text, in bytes.
    let offset: Int

    /// The kind and the place; nothing of the text.
    var description: String {
        "\(kind.rawValue) (byte \(offset))"
    }
}

/// The bounds of the texts that the scanner takes on.
struct JSONLimits: Hashable, Sendable {
    /// The longest text, in bytes.
    var bytes = 64 << 20
    /// The deepest nesting, at most ``NestingStack/capacity``.
    var depth = 128
    /// The most members of the outer object.
    var members = 1024

    /// The bounds of an envelope.
    static let envelope = JSONLimits()
    /// The bounds of an envelope whose data carries other programs' output.
    static let deepEnvelope = JSONLimits(depth: NestingStack.capacity)
}

/// Which brackets are open, one bit each, so that no text can exhaust the thread's stack.
struct NestingStack {
    static let capacity = 512

    private var words = InlineArray<8, UInt64>(repeating: 0)
    private(set) var depth = 0

    /// True where the innermost open bracket is an object's.
    var isObject: Bool {
        words[(depth - 1) >> 6] & (1 << UInt64((depth - 1) & 63)) != 0
    }

    mutating func push(isObject: Bool) {
        let mask: UInt64 = 1 << UInt64(depth & 63)
        if isObject {
            words[depth >> 6] |= mask
        } else {
            words[depth >> 6] &= ~mask
        }
        depth += 1
    }

    mutating func pop() {
        depth -= 1
    }
}
