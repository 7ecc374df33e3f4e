public import PostroomCore

/// A body as it may be shown.
public struct RedactedBody: Hashable, Sendable {
    /// The part of a body that is hidden.
    public enum Hiding: Hashable, Sendable {
        /// Nothing: the bytes are those that were received.
        case nothing
        /// So many values, of which each is the string `•••` now.
        case values(Int)
        /// Everything, because nobody can tell what is in it: it is neither a JSON object nor an array of them, or not one
        /// that every parser reads alike.
        case all
    }

    /// The bytes to show.
    public let bytes: [UInt8]
    /// The part that is hidden in them.
    public let hiding: Hiding

    /// Describes a body to show.
    public init(bytes: [UInt8], hiding: Hiding) {
        self.bytes = bytes
        self.hiding = hiding
    }
}

extension Sources {
    private static let redactions = Dictionary(
        uniqueKeysWithValues: models.map { ($0.definition.source, Redaction(paths: $0.definition.sensitivePaths)) }
    )
    private static let plainRedaction = Redaction(paths: [])

    /// Hides what in a body must not be shown: tokens, keys, one-time passwords, private metadata.
    ///
    /// The result is for people and logs, not for handlers. Hidden are the values at the source's
    /// ``SourceDefinition/sensitivePaths``, and under every name that tells of a secret, such as `password`,
    /// `client_secret` or `accessToken`, wherever it stands. Every other byte is as it was received.
    ///
    /// - Parameters:
    ///   - body: The body as received.
    ///   - source: The source that it came from.
    /// - Returns: The body to show, and how much of it is hidden. A body that is neither a JSON object nor an array of them
    ///   is hidden as a whole.
    public static func redacted(body: [UInt8], source: Source) -> RedactedBody {
        (redactions[source] ?? plainRedaction).redacted(body)
    }
}
