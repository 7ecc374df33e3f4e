import PostroomCore

/// What configuration has to know of a source.
struct SourceTraits: Hashable, Sendable {
    /// The source.
    let source: Source
    /// Whether an endpoint may name another header for the signature.
    let allowsHeader: Bool
    /// Whether its requests carry a signed time.
    let allowsTolerance: Bool

    /// Whether it has no rules of its own, so that an endpoint says where type and key stand.
    var isGeneric: Bool {
        [.standardWebhooks, .hmacSHA256, .bearer].contains(source)
    }
}
