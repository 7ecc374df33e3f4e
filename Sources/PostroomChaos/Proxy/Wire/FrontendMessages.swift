import NIOCore

/// A client's messages, as far as a proxy has to understand them.
struct FrontendMessages {
    /// The kind of a message.
    enum Kind: Hashable {
        /// A question for TLS or GSS encryption, which has to be answered before the client goes on.
        case encryptionRequest
        /// Asks to cancel what another connection runs.
        case cancelRequest
        /// Begins the session, with its parameters.
        case startup([String: String])
        /// Prepares a statement; its name is empty where it has none.
        case parse(name: String, sql: String)
        /// Binds a statement of that name to a portal.
        case bind(statement: String)
        /// A simple query.
        case query(String)
        /// The end of a pipelined group: what was executed since the last one is committed.
        case sync
        /// Anything else.
        case other
    }

    private var buffer = MessageBuffer()
    private var hasStarted = false

    mutating func append(_ bytes: ByteBuffer) {
        buffer.append(bytes)
    }

    /// Takes the next whole message.
    mutating func next() throws(MessageBuffer.NotPostgres) -> (kind: Kind, bytes: ByteBuffer)? {
        guard let message = try buffer.next(hasType: hasStarted) else { return nil }
        let kind = message.type.map { Self.kind($0, message.content) } ?? Self.opening(message.content)
        if case .startup = kind {
            hasStarted = true
        }
        return (kind, message.bytes)
    }

    private static func opening(_ content: ByteBuffer) -> Kind {
        var content = content
        switch content.readInteger(as: UInt32.self) {
        case 80_877_102: return .cancelRequest
        case 80_877_103, 80_877_104: return .encryptionRequest
        default: break
        }
        var parameters: [String: String] = [:]
        while let name = content.readNullTerminatedString(), !name.isEmpty {
            parameters[name] = content.readNullTerminatedString()
        }
        return .startup(parameters)
    }

    private static func kind(_ type: UInt8, _ content: ByteBuffer) -> Kind {
        var content = content
        switch type {
        case UInt8(ascii: "P"):
            guard let name = content.readNullTerminatedString(), let sql = content.readNullTerminatedString() else {
                return .other
            }
            return .parse(name: name, sql: sql)
        case UInt8(ascii: "B"):
            guard content.readNullTerminatedString() != nil, let name = content.readNullTerminatedString() else {
                return .other
            }
            return .bind(statement: name)
        case UInt8(ascii: "Q"):
            return content.readNullTerminatedString().map(Kind.query) ?? .other
        case UInt8(ascii: "S"):
            return .sync
        default:
            return .other
        }
    }
}
