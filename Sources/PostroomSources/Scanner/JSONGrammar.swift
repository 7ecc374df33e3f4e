/// A member of an object: where its name and its value stand in the text.
struct JSONMember {
    /// The name without its quotes, as written.
    var nameStart: UInt32
    var nameEnd: UInt32
    /// The value, without the white space around it.
    var valueStart: UInt32 = 0
    var valueEnd: UInt32 = 0
    var nameHasEscapes: Bool

    var name: Range<Int> {
        Int(nameStart)..<Int(nameEnd)
    }

    var value: Range<Int> {
        Int(valueStart)..<Int(valueEnd)
    }
}

/// The strict pass over a whole text.
///
/// It checks everything that can make parsers disagree on the outer object, and keeps where the outer members stand. It
/// runs on every delivery before anybody believes a byte of the body, so its time is bounded by the size of the text
/// and its memory by ``JSONLimits``.
struct JSONGrammar {
    private enum Expectation {
        case firstName
        case name
        case firstElement
        case value
        case separator
    }

    private(set) var members: [JSONMember] = []
    private var nesting = NestingStack()
    private var expectation = Expectation.firstName
    private var position = 0
    private let limits: JSONLimits

    /// Passes over a text.
    ///
    /// - Returns: The members of the outer object, in their order.
    /// - Throws: ``JSONFault`` at the first byte that is not as it should be.
    static func members(of text: Span<UInt8>, limits: JSONLimits) throws(JSONFault) -> [JSONMember] {
        guard text.count <= limits.bytes else { throw JSONFault(kind: .tooLarge, offset: limits.bytes) }
        var grammar = JSONGrammar(limits: limits)
        try grammar.passObject(text)
        return grammar.members
    }

    private init(limits: JSONLimits) {
        self.limits = limits
    }

    private mutating func passObject(_ text: Span<UInt8>) throws(JSONFault) {
        members.reserveCapacity(8)
        position = JSONLexer.textStart(text)
        JSONLexer.skipWhitespace(text, &position)
        guard position < text.count else { throw JSONFault(kind: .truncated, offset: position) }
        guard text[position] == UInt8(ascii: "{") else { throw JSONFault(kind: .notAnObject, offset: position) }
        try open(isObject: true)
        while nesting.depth > 0 {
            JSONLexer.skipWhitespace(text, &position)
            guard position < text.count else { throw JSONFault(kind: .truncated, offset: position) }
            try step(text, text[position])
        }
        JSONLexer.skipWhitespace(text, &position)
        guard position == text.count else { throw JSONFault(kind: .trailingBytes, offset: position) }
    }

    private mutating func step(_ text: Span<UInt8>, _ byte: UInt8) throws(JSONFault) {
        switch expectation {
        case .firstName where byte == UInt8(ascii: "}"):
            close()
        case .firstName, .name:
            try passName(text, byte)
        case .firstElement where byte == UInt8(ascii: "]"):
            close()
        case .firstElement, .value:
            try passValue(text, byte)
        case .separator where byte == UInt8(ascii: ","):
            position += 1
            expectation = nesting.isObject ? .name : .value
        case .separator where byte == (nesting.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")):
            close()
        case .separator:
            throw JSONFault(kind: .unexpectedByte, offset: position)
        }
    }

    private mutating func passName(_ text: Span<UInt8>, _ byte: UInt8) throws(JSONFault) {
        guard byte == UInt8(ascii: "\"") else { throw JSONFault(kind: .unexpectedByte, offset: position) }
        let start = position + 1
        let hasEscapes = try JSONLexer.passString(text, &position)
        let end = position - 1
        JSONLexer.skipWhitespace(text, &position)
        guard position < text.count else { throw JSONFault(kind: .truncated, offset: position) }
        guard text[position] == UInt8(ascii: ":") else { throw JSONFault(kind: .unexpectedByte, offset: position) }
        position += 1
        expectation = .value
        guard nesting.depth == 1 else { return }
        guard members.count < limits.members else { throw JSONFault(kind: .tooManyMembers, offset: start) }
        members.append(JSONMember(nameStart: UInt32(start), nameEnd: UInt32(end), nameHasEscapes: hasEscapes))
    }

    private mutating func passValue(_ text: Span<UInt8>, _ byte: UInt8) throws(JSONFault) {
        if nesting.depth == 1 {
            members[members.count - 1].valueStart = UInt32(position)
        }
        switch byte {
        case UInt8(ascii: "{"):
            try open(isObject: true)
            return
        case UInt8(ascii: "["):
            try open(isObject: false)
            return
        case UInt8(ascii: "\""):
            _ = try JSONLexer.passString(text, &position)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try JSONLexer.passNumber(text, &position)
        case UInt8(ascii: "t"):
            try JSONLexer.passLiteral("true", text, &position)
        case UInt8(ascii: "f"):
            try JSONLexer.passLiteral("false", text, &position)
        case UInt8(ascii: "n"):
            try JSONLexer.passLiteral("null", text, &position)
        default:
            throw JSONFault(kind: .unexpectedByte, offset: position)
        }
        endValue()
    }

    private mutating func open(isObject: Bool) throws(JSONFault) {
        guard nesting.depth < min(limits.depth, NestingStack.capacity) else {
            throw JSONFault(kind: .tooDeep, offset: position)
        }
        nesting.push(isObject: isObject)
        expectation = isObject ? .firstName : .firstElement
        position += 1
    }

    private mutating func close() {
        nesting.pop()
        position += 1
        endValue()
    }

    private mutating func endValue() {
        expectation = .separator
        if nesting.depth == 1 {
            members[members.count - 1].valueEnd = UInt32(position)
        }
    }
}
