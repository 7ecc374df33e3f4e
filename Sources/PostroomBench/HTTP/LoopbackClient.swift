import NIOCore
import NIOPosix

/// A connection to a receiver in the same machine that sends bytes made beforehand, one request at a time.
struct LoopbackClient {
    private var answers: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let requests: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Runs a body with a connection.
    ///
    /// - Throws: The body's error, or the reason for which there is no connection.
    static func with<Value: Sendable>(
        port: Int,
        _ body: @Sendable (inout LoopbackClient) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var client = LoopbackClient(answers: inbound.makeAsyncIterator(), requests: outbound)
            return try await body(&client)
        }
    }

    /// Sends a request and waits for its answer.
    ///
    /// - Throws: ``BenchFailure`` for any answer but 200.
    mutating func post(_ request: [UInt8]) async throws {
        try await requests.write(ByteBuffer(bytes: request))
        var answer: [UInt8] = []
        // Every answer of a receiver ends with a JSON object.
        while answer.last != UInt8(ascii: "}") {
            guard let part = try await answers.next(isolation: nil) else {
                throw BenchFailure("the receiver closed the connection before it answered")
            }
            answer.append(contentsOf: part.readableBytesView)
        }
        guard answer.starts(with: "HTTP/1.1 200".utf8) else {
            throw BenchFailure("the receiver answered: \(String(decoding: answer.prefix(64), as: UTF8.self))")
        }
    }
}
