/// An object of an accepted text: where its members stand.
///
/// Names are compared byte for byte after their escapes are resolved: two Unicode spellings of one letter are two
/// names, as they are for Postgres and for every sender.
struct JSONObject: Sendable {
    /// A name of an object with its value.
    enum Lookup {
        case absent
        case one(JSONValue)
        /// Two members have that name; parsers disagree on which of them counts.
        case several
    }

    private let text: [UInt8]
    private let members: [JSONMember]

    /// The outer object of a text, which is checked in full.
    init(checking text: [UInt8], limits: JSONLimits = .envelope) throws(JSONFault) {
        self.text = text
        self.members = try JSONGrammar.members(of: text.span, limits: limits)
        if let second = firstDuplicate() {
            throw JSONFault(kind: .duplicateMember, offset: second)
        }
    }

    /// An object without members.
    static let empty = JSONObject(text: [], members: [])

    private init(text: [UInt8], members: [JSONMember]) {
        self.text = text
        self.members = members
    }

    /// An object inside an accepted text.
    fileprivate init(text: [UInt8], range: Range<Int>) {
        self.text = text
        self.members = JSONObject.members(text.span, range)
    }

    /// The number of members.
    var count: Int {
        members.count
    }

    /// The value of that name, or `nil` where there is none or more than one.
    subscript(name: String) -> JSONValue? {
        if case .one(let value) = lookup(name) {
            return value
        }
        return nil
    }

    /// Every value of that name, told apart from none and from several.
    func lookup(_ name: String) -> Lookup {
        var found: Int?
        var isAmbiguous = false
        forEachMember(named: name) { index in
            isAmbiguous = found != nil
            found = index
            return isAmbiguous
        }
        guard let found else { return .absent }
        return isAmbiguous ? .several : .one(JSONValue(text: text, range: members[found].value))
    }

    /// All values of that name, in their order.
    func values(named name: String) -> [JSONValue] {
        var values: [JSONValue] = []
        forEachMember(named: name) { index in
            values.append(JSONValue(text: text, range: members[index].value))
            return false
        }
        return values
    }

    /// Returns true where there is a member of that name.
    func has(_ name: String) -> Bool {
        var isThere = false
        forEachMember(named: name) { _ in
            isThere = true
            return true
        }
        return isThere
    }

    /// Names and values, in their order.
    var entries: [(name: String, value: JSONValue)] {
        members.map { member in
            (String(decoding: decodedName(member), as: UTF8.self), JSONValue(text: text, range: member.value))
        }
    }

    /// Tells where the members of a name stand among all members, until somebody has heard enough.
    ///
    /// It is asked for each field of each event: the name is taken apart once, and only names of its length are compared.
    @inline(__always)
    private func forEachMember(named name: String, _ isEnough: (Int) -> Bool) {
        var name = name
        name.withUTF8 { name in
            for index in members.indices {
                let member = members[index]
                guard member.nameHasEscapes || Int(member.nameEnd - member.nameStart) == name.count else { continue }
                let isNamed =
                    member.nameHasEscapes
                    ? decodedName(member).elementsEqual(name) : isEqual(Int(member.nameStart), name)
                if isNamed, isEnough(index) {
                    return
                }
            }
        }
    }

    @inline(__always)
    private func isEqual(_ start: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let text = text.span
        for offset in name.indices where text[start + offset] != name[offset] {
            return false
        }
        return true
    }

    private func decodedName(_ member: JSONMember) -> ArraySlice<UInt8> {
        member.nameHasEscapes ? JSONText.decodedBytes(text.span, member.name).bytes[...] : text[member.name]
    }

    /// Where the second of two equal names stands, if there are any.
    ///
    /// Every pair is compared: ``JSONLimits/members`` bounds them.
    private func firstDuplicate() -> Int? {
        let names = members.map { decodedName($0) }
        for second in names.indices.dropFirst() {
            let name = names[second]
            for first in 0..<second where names[first].count == name.count && names[first] == name {
                return members[second].name.lowerBound
            }
        }
        return nil
    }

    private static func members(_ text: Span<UInt8>, _ range: Range<Int>) -> [JSONMember] {
        var members: [JSONMember] = []
        members.reserveCapacity(8)
        var position = range.lowerBound + 1
        JSONLexer.skipWhitespace(text, &position)
        while position < range.upperBound, text[position] == UInt8(ascii: "\"") {
            let start = position + 1
            let hasEscapes = JSONText.skipString(text, &position)
            var member = JSONMember(
                nameStart: UInt32(start),
                nameEnd: UInt32(position - 1),
                nameHasEscapes: hasEscapes
            )
            skip(UInt8(ascii: ":"), text, &position)
            member.valueStart = UInt32(position)
            JSONText.skipValue(text, &position)
            member.valueEnd = UInt32(position)
            members.append(member)
            skip(UInt8(ascii: ","), text, &position)
        }
        return members
    }

    fileprivate static func skip(_ byte: UInt8, _ text: Span<UInt8>, _ position: inout Int) {
        JSONLexer.skipWhitespace(text, &position)
        if position < text.count, text[position] == byte {
            position += 1
        }
        JSONLexer.skipWhitespace(text, &position)
    }
}

/// A JSON value inside a body that was checked.
///
/// Nothing is copied until its content is asked for.
public struct JSONValue: Sendable {
    /// The kinds of values; the raw value is a word for people.
    public enum Kind: String, Sendable {
        /// Names and values.
        case object = "an object"
        /// A list of values.
        case array = "an array"
        /// A text.
        case string = "a string"
        /// A number of any size.
        case number = "a number"
        /// True or false.
        case boolean = "a boolean"
        /// Nothing.
        case null = "null"
    }

    private let text: [UInt8]
    private let range: Range<Int>

    fileprivate init(text: [UInt8], range: Range<Int>) {
        self.text = text
        self.range = range
    }

    /// Its kind.
    public var kind: Kind {
        switch text[range.lowerBound] {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// Its bytes, as written.
    public var bytes: ArraySlice<UInt8> {
        text[range]
    }

    /// A string's text, with escapes resolved; `nil` for other kinds and where a surrogate has no partner.
    public var string: String? {
        guard kind == .string else { return nil }
        let content = (range.lowerBound + 1)..<(range.upperBound - 1)
        guard text[content].contains(UInt8(ascii: "\\")) else {
            return String(decoding: text[content], as: UTF8.self)
        }
        let (bytes, isUnicode) = JSONText.decodedBytes(text.span, content)
        return isUnicode ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// A number's text, as written; `nil` for other kinds.
    public var number: String? {
        kind == .number ? String(decoding: bytes, as: UTF8.self) : nil
    }

    /// An integer's exact decimal text, however large; `nil` for other kinds and for numbers with a point or an exponent.
    public var integer: String? {
        guard kind == .number, bytes.dropFirst().allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 }) else { return nil }
        return number == "-0" ? "0" : number
    }

    /// A boolean's value; `nil` for other kinds.
    public var boolean: Bool? {
        kind == .boolean ? text[range.lowerBound] == UInt8(ascii: "t") : nil
    }

    /// A string's text or an integer's digits: how senders write identities.
    public var identifier: String? {
        string ?? integer
    }

    /// An object's members; `nil` for other kinds.
    var object: JSONObject? {
        kind == .object ? JSONObject(text: text, range: range) : nil
    }

    /// An array's elements; `nil` for other kinds.
    public var elements: [JSONValue]? {
        guard kind == .array else { return nil }
        var elements: [JSONValue] = []
        let text = text.span
        var position = range.lowerBound + 1
        JSONLexer.skipWhitespace(text, &position)
        while position < range.upperBound - 1 {
            let start = position
            JSONText.skipValue(text, &position)
            guard position > start else { return elements }
            elements.append(JSONValue(text: self.text, range: start..<position))
            JSONObject.skip(UInt8(ascii: ","), text, &position)
        }
        return elements
    }
}
