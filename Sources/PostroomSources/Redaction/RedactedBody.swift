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
