package import PostroomCore

/// A name and the place of its value: a header field or a variable that somebody is given.
package struct NamedReference: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    package let name: String
    /// The place of the value.
    package let reference: SecretReference

    /// The form in which it is written: `Authorization: env:NAME`.
    package var description: String { "\(name): \(reference)" }

    /// Reads the form in which it is written.
    static func read(
        _ text: String,
        _ example: String,
        isNameByte: (UInt8) -> Bool
    ) throws(ValueRefusal) -> NamedReference {
        guard let colon = text.firstIndex(where: { $0 == ":" || $0 == "=" }) else { throw ValueRefusal() }
        let name = String(text[..<colon])
        guard !name.isEmpty, name.utf8.allSatisfy(isNameByte), name.first?.isNumber == false else {
            throw ValueRefusal(hint: "before the colon stands a name, as in '\(example)'")
        }
        let value = String(text[text.index(after: colon)...].drop { $0 == " " })
        return NamedReference(name: name, reference: try ValueFormat.secretReference.read(value))
    }
}

extension ValueFormat where Value == NamedReference {
    /// A header field whose value stands elsewhere.
    package static let headerReference = ValueFormat(
        "a header's name and where its value is, for example 'Authorization: env:NAME'",
        range: "Name: env:NAME, Name: file:PATH"
    ) { text throws(ValueRefusal) in
        try NamedReference.read(text, "Authorization: env:NAME") { byte in
            isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    } write: {
        $0.description
    }

    /// A variable whose value stands elsewhere.
    package static let variableReference = ValueFormat(
        "a variable's name and where its value is, for example 'API_TOKEN: file:PATH'",
        range: "NAME: env:NAME, NAME: file:PATH"
    ) { text throws(ValueRefusal) in
        try NamedReference.read(text, "API_TOKEN: file:PATH") { isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
    } write: {
        $0.description
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension ValueFormat where Value == EventPattern {
    /// A source and a pattern over its event types; whether there is such a source is checked when all is read.
    package static let eventPattern = ValueFormat(
        "a pattern such as stripe:invoice.* or *:*",
        range: "source:type"
    ) { text throws(ValueRefusal) in
        guard let pattern = EventPattern(description: text) else {
            throw ValueRefusal(hint: "a source and a colon stand before the type; '*:' is every source")
        }
        guard pattern.source?.rawValue.isEmpty != true, !pattern.pattern.isEmpty else { throw ValueRefusal() }
        return pattern
    } write: {
        $0.description
    }
}

/// The name of a function with its schema, of identifiers that need no quotes.
package struct FunctionName: Hashable, Sendable, CustomStringConvertible {
    /// The schema.
    package let schema: String
    /// The function's own name.
    package let name: String

    /// Takes `schema.name`; `nil` for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(Self.isIdentifier) else { return nil }
        self.schema = parts[0]
        self.name = parts[1]
    }

    /// The name as it is written in SQL, quoted so that no word of the language is taken for one.
    package var quoted: String { "\"\(schema)\".\"\(name)\"" }

    /// The name as it is configured.
    package var description: String { "\(schema).\(name)" }

    private static func isIdentifier(_ text: String) -> Bool {
        let isAllowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        return isAllowed && (1...63).contains(text.utf8.count) && text.first?.isNumber == false
    }
}

extension ValueFormat where Value == FunctionName {
    /// A function with its schema.
    package static let functionName = ValueFormat(
        "a function with its schema, in lower-case letters, digits and underscores, for example crm.on_event",
        range: "schema.function"
    ) { text in
        FunctionName(text)
    } write: {
        $0.description
    }
}

/// A SQLSTATE, or a class of them.
package struct SQLStatePattern: Hashable, Sendable, CustomStringConvertible {
    /// The five characters.
    package let description: String

    /// Takes five digits and upper-case letters; `nil` for any other text.
    package init?(_ text: String) {
        let isAllowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard text.utf8.count == 5, isAllowed else { return nil }
        self.description = text
    }

    init(standard: String) {
        self.description = standard
    }
}

extension ValueFormat where Value == SQLStatePattern {
    /// A SQLSTATE, or a class of them.
    package static let sqlState = ValueFormat(
        "a SQLSTATE of five digits and upper-case letters; one that ends in 000 stands for its class",
        range: "SQLSTATEs"
    ) { text in
        SQLStatePattern(text)
    } write: {
        $0.description
    }
}

extension ValueFormat where Value == AttemptRate {
    private static let periods: [(name: String, period: Duration)] = [
        ("second", .seconds(1)), ("minute", .seconds(60)), ("hour", .seconds(3600)), ("day", .seconds(86_400)),
    ]

    /// A number of attempts in a time.
    package static let attemptRate = ValueFormat(
        "attempts in a time from 1s to 31d, for example '100 per minute' or '5 per 10s'",
        range: "1–\(HandlerLimits.mostAttempts) per time"
    ) { text in
        let words = text.split(separator: " ")
        guard words.count == 3, words[1] == "per", words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let attempts = Int(words[0]), (1...HandlerLimits.mostAttempts).contains(attempts),
            let period = periods.first(where: { $0.name == words[2] })?.period ?? DurationText.parse(String(words[2])),
            AttemptRate.periods.contains(period)
        else { return nil }
        return AttemptRate(attempts, per: period)
    } write: { rate in
        let name = periods.first { $0.period == rate.period }?.name ?? DurationText.render(rate.period)
        return "\(rate.attempts) per \(name)"
    }
}
