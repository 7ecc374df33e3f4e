import PostroomCore

/// Finds the word that somebody probably meant.
package enum Suggestion {
    /// Finds the nearest word, as ``NearestWord`` does.
    package static func nearest(to text: String, in words: some Sequence<String>, within limit: Int? = nil) -> String? {
        NearestWord.find(text, in: words, within: limit)
    }

    /// Lists words for a person: `a, b or c`.
    package static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
