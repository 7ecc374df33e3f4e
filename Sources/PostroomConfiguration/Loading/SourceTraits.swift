package import PostroomCore

/// What configuration has to know of a source.
package struct SourceTraits: Hashable, Sendable {
    /// The source.
    package let source: Source
    /// Whether an endpoint may name another header for the signature.
    package let allowsHeader: Bool
    /// Whether its requests carry a signed time.
    package let allowsTolerance: Bool
    /// Whether its handshake carries a token, so that an endpoint may have some.
    package let needsHandshakeToken: Bool

    /// Describes a source.
    package init(source: Source, allowsHeader: Bool, allowsTolerance: Bool, needsHandshakeToken: Bool = false) {
        self.source = source
        self.allowsHeader = allowsHeader
        self.allowsTolerance = allowsTolerance
        self.needsHandshakeToken = needsHandshakeToken
    }

    /// Whether it has no rules of its own, so that an endpoint says where type and key stand.
    package var isGeneric: Bool {
        [.standardWebhooks, .hmacSHA256, .bearer, .cloudEvents, .custom].contains(source)
    }
}
