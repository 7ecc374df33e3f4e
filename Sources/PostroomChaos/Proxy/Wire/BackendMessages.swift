import NIOCore

/// A server's messages, as far as a proxy has to understand them.
struct BackendMessages {
    /// The kind of a message.
    enum Kind: Hashable {
        /// The end of the answer to one group or simple query: it is committed, or has failed.
        case ready
        /// A failure, of which nothing is committed.
        case failure
        /// Anything else.
        case other
    }

    private var buffer = MessageBuffer()

    mutating func append(_ bytes: ByteBuffer) {
        buffer.append(bytes)
    }

    /// Takes the next whole message.
    mutating func next() throws(MessageBuffer.NotPostgres) -> (kind: Kind, bytes: ByteBuffer)? {
        guard let message = try buffer.next() else { return nil }
        switch message.type {
        case UInt8(ascii: "Z"): return (.ready, message.bytes)
        case UInt8(ascii: "E"): return (.failure, message.bytes)
        default: return (.other, message.bytes)
        }
    }
}
