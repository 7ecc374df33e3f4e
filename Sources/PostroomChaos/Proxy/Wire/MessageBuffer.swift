import NIOCore

/// Divides a stream into messages of the Postgres protocol: a type byte, a length that counts itself, and the content.
struct MessageBuffer {
    /// A whole message as it came.
    struct Message {
        /// The type byte; `nil` for what a client sends first, which has none.
        let type: UInt8?
        /// All of it, type and length included.
        let bytes: ByteBuffer
        /// The bytes after the length.
        let content: ByteBuffer
    }

    /// A length that no message can have: what runs over the connection is not the Postgres protocol.
    struct NotPostgres: Error {}

    /// Far above what Postgres takes, and low enough to notice that the stream is out of step.
    private static let longest = 1 << 30

    private var buffer = ByteBuffer()

    mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeBuffer(&bytes)
        }
    }

    /// Takes the next whole message.
    ///
    /// - Parameter hasType: True if it begins with a type byte.
    /// - Returns: `nil` until all of it has come.
    /// - Throws: ``NotPostgres``.
    mutating func next(hasType: Bool = true) throws(NotPostgres) -> Message? {
        let start = buffer.readerIndex
        let prefix = hasType ? 1 : 0
        guard let length = buffer.getInteger(at: start + prefix, as: UInt32.self) else { return nil }
        guard (4...Self.longest).contains(Int(length)) else { throw NotPostgres() }
        guard var bytes = buffer.readSlice(length: prefix + Int(length)) else { return nil }
        let whole = bytes
        let type = hasType ? bytes.readInteger(as: UInt8.self) : nil
        bytes.moveReaderIndex(forwardBy: 4)
        return Message(type: type, bytes: whole, content: bytes)
    }
}
