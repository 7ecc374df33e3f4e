import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import PostroomConfiguration
import PostroomSources

/// Posts requests over HTTP, on connections that are kept open.
struct SendClient: Sendable {
    /// The longest answer that is read.
    private static let longestAnswer = 1 << 20
    /// How long a request may take, connecting included.
    private static let patience: TimeAmount = .seconds(30)

    private let client: HTTPClient

    /// Runs a body with a client.
    ///
    /// - Parameters:
    ///   - concurrency: The most connections that are kept open.
    ///   - body: What uses the client.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    static func withClient<Value>(
        concurrency: Int,
        _ body: (SendClient) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body(SendClient(client: client))
        }
    }

    /// Posts a request.
    ///
    /// - Returns: The answer, or why there was none.
    func post(_ request: SignedRequest, to url: String) async -> SendAnswer {
        var message = HTTPClientRequest(url: url + request.query)
        message.method = .POST
        for header in request.headers {
            message.headers.add(name: header.name, value: header.value)
        }
        message.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let response = try await client.execute(message, timeout: Self.patience)
            let body = try await response.body.collect(upTo: Self.longestAnswer)
            return .answered(status: Int(response.status.code), body: Array(body.readableBytesView))
        } catch {
            return .unanswered(Self.reason(of: error))
        }
    }

    /// A short reason, the same for the same kind of failure, so that equal ones are counted together.
    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason(of: $0.error) } ?? "unknown host"
        case let error as IOError: FileProblem(code: error.errnoCode).reason
        default: String(String(describing: error).prefix(120))
        }
    }
}
