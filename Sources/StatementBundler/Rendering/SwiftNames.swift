/// How SQL's names are spelled in Swift.
enum SwiftNames {
    /// Whether a name is `like_this1`.
    static func isSQLName(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, first.isLowercaseLetter, !name.hasSuffix("_"), !name.contains("__") else {
            return false
        }
        return name.utf8.allSatisfy { $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
    }

    /// `batch_claim` → `BatchClaim`.
    static func type(_ name: String) -> String {
        name.split(separator: "_").map(capitalized).joined()
    }

    /// `delivery_id` → `deliveryID`, without the backticks that a keyword needs.
    static func member(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map(capitalized).joined()
    }

    /// The name as it is declared: in backticks where it is a keyword.
    static func declared(_ name: String) -> String {
        let member = member(name)
        return keywords.contains(member) ? "`\(member)`" : member
    }

    private static func capitalized(_ word: Substring) -> String {
        switch word {
        case "id": "ID"
        case "ids": "IDs"
        default: word.prefix(1).uppercased() + word.dropFirst()
        }
    }

    private static let keywords: Set<String> = [
        "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
        "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import",
        "in", "init", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private", "protocol",
        "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super", "switch", "throw",
        "throws", "true", "try", "typealias", "var", "where", "while",
    ]
}
