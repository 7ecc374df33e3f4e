import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server at the other end of a real socket, which answers as it is told.
final class TestReceiver: Sendable {
    /// The answer to a request.
    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var headers = HTTPHeaders()
        var body: [UInt8] = []
        /// True where the head is sent, and neither the whole body nor the end ever comes.
        var isUnfinished = false
        /// True where nothing is sent at all.
        var isMissing = false
    }

    /// A request as it came.
    struct Request: Sendable {
        let head: HTTPRequestHead
        let body: [UInt8]

        /// The value of a header field.
        func header(_ name: String) -> String? {
            head.headers.first(name: name)
        }
    }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let answer: @Sendable (Request) -> Answer
    private let state = Mutex(State())

    private init(_ answer: @escaping @Sendable (Request) -> Answer) {
        self.answer = answer
    }

    /// The requests that came, in their order.
    var requests: [Request] { state.withLock(\.requests) }

    /// The number of connections that were made.
    var connections: Int { state.withLock(\.connections) }

    /// Waits for the first request.
    func waitForRequest() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                guard state.requests.isEmpty else { return true }
                state.waiter = continuation
                return false
            }
            if isThere {
                continuation.resume()
            }
        }
    }

    /// Receives on a free port of 127.0.0.1 for the time of a body.
    static func with<Value>(
        tls: NIOSSLContext? = nil,
        answering answer: @escaping @Sendable (Request) -> Answer = { _ in Answer() },
        _ body: (TestReceiver, _ port: Int) async throws -> Value
    ) async throws -> Value {
        let receiver = TestReceiver(answer)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Conversation(receiver))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = server.localAddress?.port ?? 0
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(receiver, port))
        } catch {
            outcome = .failure(error)
        }
        try await server.close()
        return try outcome.get()
    }

    private func take(_ request: Request) -> Answer {
        let waiter = state.withLock { state in
            state.requests.append(request)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
        return answer(request)
    }

    private final class Conversation: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let receiver: TestReceiver
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ receiver: TestReceiver) {
            self.receiver = receiver
        }

        func channelActive(context: ChannelHandlerContext) {
            receiver.state.withLock { $0.connections += 1 }
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, [])
            case .body(let part): body.append(contentsOf: part.readableBytesView)
            case .end:
                guard let head else { return }
                let answer = receiver.take(Request(head: head, body: body))
                guard !answer.isMissing else { return }
                var headers = answer.headers
                headers.replaceOrAdd(
                    name: "Content-Length",
                    value: String(answer.body.count + (answer.isUnfinished ? 1000 : 0))
                )
                let response = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
                context.write(wrapOutboundOut(.head(response)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
                if !answer.isUnfinished {
                    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
