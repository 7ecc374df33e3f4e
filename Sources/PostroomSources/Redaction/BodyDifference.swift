package import PostroomCore

/// The difference of two bodies, without sensitive values: where they begin to differ, what was there, and what is now.
package struct BodyDifference: Hashable, Sendable {
    /// The number of bytes before which they are the same.
    let offset: Int
    /// The bytes that are gone, as they are shown.
    let removed: String
    /// The bytes that are new, as they are shown.
    let added: String
    /// True where only what is not shown differs.
    let isHidden: Bool

    /// The most bytes of each side that are kept.
    private static let longest = 2000

    /// Compares two bodies of one source.
    package init(from old: [UInt8], to new: [UInt8], source: Source, sources: SourceRegistry) {
        let before = sources.redacted(body: old, source: source).bytes
        let after = sources.redacted(body: new, source: source).bytes
        let start = zip(before, after).prefix { $0 == $1 }.count
        let rest = min(before.count, after.count) - start
        let end = zip(before.reversed(), after.reversed()).prefix(rest).prefix { $0 == $1 }.count
        self.offset = start
        self.removed = Self.text(before[start..<(before.count - end)])
        self.added = Self.text(after[start..<(after.count - end)])
        self.isHidden = before == after
    }

    /// The difference in words.
    package var words: String {
        guard !isHidden else { return "only values that are not shown differ" }
        return "at byte \(offset): \(removed.isEmpty ? "nothing" : "'\(removed)'") becomes "
            + (added.isEmpty ? "nothing" : "'\(added)'")
    }

    /// The difference for the audit, as a JSON object.
    package var json: String {
        guard !isHidden else { return #"{"hidden":true}"# }
        let (removed, added) = (JSONString.quoted(removed), JSONString.quoted(added))
        return "{\"offset\":\(offset),\"removed\":\(removed),\"added\":\(added)}"
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        // A database that holds the audit as JSON takes no zero character.
        String(decoding: bytes.prefix(longest), as: UTF8.self).replacing("\0", with: "\u{FFFD}")
            + (bytes.count > longest ? "…" : "")
    }
}
