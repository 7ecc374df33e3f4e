/// A type as a statement's header spells it: `int8`, `text?`, `bytea[]`, `int8[]?`, `text?[]`.
struct SQLType: Equatable {
    /// The types that can be sent and read.
    enum Base: String, CaseIterable {
        case bool, int2, int4, int8, float8, text, bytea, uuid, timestamptz, interval, jsonb
    }

    var base: Base
    /// Whether the value as a whole can be null: `text?`, `int8[]?`.
    var isNullable = false
    var isArray = false
    /// Whether an element of the array can be null: `text?[]`.
    var hasNullableElements = false

    /// Reads a type; `nil` where there is no such type.
    init?(_ spelling: some StringProtocol) {
        var rest = spelling[...]
        if rest.hasSuffix("?") {
            isNullable = true
            rest = rest.dropLast()
        }
        if rest.hasSuffix("[]") {
            isArray = true
            rest = rest.dropLast(2)
            if rest.hasSuffix("?") {
                hasNullableElements = true
                rest = rest.dropLast()
            }
        }
        guard let base = Base(rawValue: String(rest)), !(isNullable && hasNullableElements) else {
            return nil
        }
        self.base = base
    }

    /// What a header may say.
    static var choices: String {
        Base.allCases.map(\.rawValue).joined(separator: ", ")
    }
}

/// A parameter or a column: a name and a type.
struct Field: Equatable {
    var name: String
    var type: SQLType
    /// The line of the header that declares it.
    var line: Int
}
