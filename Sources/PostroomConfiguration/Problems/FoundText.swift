import PostroomCore

/// What was found in the place of a value, in the form in which a problem may show it.
package enum FoundText {
    private static let longest = 48

    /// Shows a text, unless it looks like a secret that got into the wrong place.
    ///
    /// - Parameter text: What was found.
    /// - Returns: The text in quotes, cut and escaped; or what kind of thing it is.
    package static func of(_ text: String) -> String {
        if text.isEmpty {
            return "nothing"
        }
        if looksSecret(text) {
            return "a text that is not shown here"
        }
        let shown = text.count > longest ? text.prefix(longest) + "…" : text[...]
        return "'\(EscapedText.of(String(shown)))'"
    }

    /// A key as it may be shown: somebody may have pasted a secret where a key should be.
    package static func key(_ key: String) -> String {
        key.count > longest || looksLikeCredential(key) ? "(a key that is not shown here)" : EscapedText.of(key)
    }

    /// Whether a word has the form in which producers give out their secrets, or that of random characters.
    package static func looksLikeCredential(_ word: String) -> Bool {
        let lower = word.lowercased()
        let isRandom = word.split { "_-./".contains($0) }
            .contains { piece in
                piece.count >= 20 && piece.contains(where: \.isNumber) && piece.contains(where: \.isLowercase)
            }
        return isRandom || ["whsec_", "whsec-", "sk-", "sk_live", "dyn_"].contains { lower.hasPrefix($0) }
    }

    /// Names and formats of secrets, credentials in URLs, and long words are not shown.
    private static func looksSecret(_ text: String) -> Bool {
        let lower = text.lowercased()
        let marks = ["whsec", "bearer ", "password", "secret", "token", "@"]
        let words = text.split(separator: " ")
        return marks.contains { lower.contains($0) }
            || words.contains { $0.count >= 24 || looksLikeCredential(String($0)) }
    }
}
