/// The path of a request as a log may show it: short, in plain characters, and without what looks like a secret.
///
/// Some producers' URLs carry a token, and anybody may send anything.
enum RequestPath {
    private static let longestSegment = 40
    private static let mostSegments = 3

    /// The path without its query.
    static func shown(_ target: String) -> String {
        let segments = segments(of: target)
        let shown = segments.prefix(mostSegments).map { looksSecret($0) ? "(hidden)" : plain($0) }
        return "/" + shown.joined(separator: "/") + (segments.count > mostSegments ? "/…" : "")
    }

    /// The text at the place of an endpoint's name: the last segment that is not empty.
    static func lastSegment(of target: String) -> String? {
        segments(of: target).last { !$0.isEmpty }.map { String(decoding: $0.prefix(128), as: UTF8.self) }
    }

    private static func segments(of target: String) -> [Substring.UTF8View] {
        let path = target.utf8.prefix(2048).prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        return path.split(separator: UInt8(ascii: "/"), maxSplits: mostSegments + 5)
    }

    private static func plain(_ segment: Substring.UTF8View) -> String {
        let text = segment.prefix(longestSegment).map { isPlain($0) ? Character(UnicodeScalar($0)) : "?" }
        return String(text) + (segment.count > longestSegment ? "…" : "")
    }

    /// True where a segment has the form in which producers give out secrets, or that of random characters.
    private static func looksSecret(_ segment: Substring.UTF8View) -> Bool {
        let text = String(decoding: segment.prefix(128), as: UTF8.self).lowercased()
        let isRandom = text.utf8.split { !isLetterOrDigit($0) }
            .contains { piece in
                piece.count >= 16 && piece.contains { !isLetter($0) } && piece.contains(where: isLetter)
            }
        return isRandom || ["whsec", "sk-", "sk_", "xox", "ghp_", "bearer"].contains { text.hasPrefix($0) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "-._~".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
