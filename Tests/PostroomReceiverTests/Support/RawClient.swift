import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client that sends any bytes, however wrong, and reads answers one by one.
final class RawClient {
    /// One answer.
    struct Response {
        let status: Int
        let fields: [String: String]
        let body: String
    }

    /// The server hung up where an answer was expected.
    struct HungUp: Error {}

    let channel: any Channel
    private let receiving: Receiving
    private let incoming: AsyncStream<ByteBuffer>
    private var unread: [UInt8] = []

    /// The bytes that came so far, read or not.
    var receivedBytes: Int {
        receiving.count.load(ordering: .acquiring)
    }

    private init(channel: any Channel, receiving: Receiving, incoming: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.receiving = receiving
        self.incoming = incoming
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: The server's port on this machine.
    ///   - tls: The settings of TLS; `nil` for plain bytes.
    ///   - address: The address of ours to connect from: any of 127.0.0.0/8.
    /// - Returns: The client, once it is connected.
    /// - Throws: The reason why it can't connect.
    static func connect(
        to port: Int,
        tls: NIOSSLContext? = nil,
        from address: String = "127.0.0.1"
    ) async throws -> RawClient {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let receiving = Receiving(continuation)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(to: SocketAddress(ipAddress: address, port: 0))
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    try pipeline.addHandler(receiving)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawClient(channel: channel, receiving: receiving, incoming: stream)
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends nothing more, but still reads.
    func hangUpSending() async throws {
        try await channel.close(mode: .output).get()
    }

    func close() async throws {
        try await channel.close().get()
    }

    /// Reads until the server hangs up.
    func rest() async -> String {
        for await buffer in incoming {
            unread += Array(buffer.readableBytesView)
        }
        defer { unread = [] }
        return String(decoding: unread, as: UTF8.self)
    }

    /// Waits until the server hangs up, and tells whether it did so without another word.
    func isHungUp() async -> Bool {
        await rest().isEmpty
    }

    /// Reads one answer.
    ///
    /// - Parameter hasBody: True where a body follows, as after everything but HEAD and a 100.
    /// - Returns: The answer.
    /// - Throws: ``HungUp``.
    func response(hasBody: Bool = true) async throws -> Response {
        let head = String(decoding: try await take(upTo: Array("\r\n\r\n".utf8)), as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let length = hasBody ? Int(fields["content-length"] ?? "") ?? 0 : 0
        let body = try await take(length)
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        return Response(status: status, fields: fields, body: String(decoding: body, as: UTF8.self))
    }

    /// Sends a request and reads its answer.
    func ask(_ text: String, hasBody: Bool = true) async throws -> Response {
        try await send(text)
        return try await response(hasBody: hasBody)
    }

    private func take(upTo end: [UInt8]) async throws -> [UInt8] {
        while true {
            for start in unread.indices where unread[start...].starts(with: end) {
                return try await take(start + end.count)
            }
            try await readMore()
        }
    }

    private func take(_ count: Int) async throws -> [UInt8] {
        while unread.count < count {
            try await readMore()
        }
        defer { unread.removeFirst(count) }
        return Array(unread.prefix(count))
    }

    private func readMore() async throws {
        for await buffer in incoming {
            unread += Array(buffer.readableBytesView)
            return
        }
        throw HungUp()
    }

    private final class Receiving: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let count = Atomic<Int>(0)
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            count.add(buffer.readableBytes, ordering: .releasing)
            continuation.yield(buffer)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed {
                continuation.finish()
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            continuation.finish()
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }
    }
}
