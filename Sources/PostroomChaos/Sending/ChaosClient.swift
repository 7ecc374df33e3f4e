import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import PostroomCore
import PostroomSources

/// Posts deliveries over HTTP.
struct ChaosClient: Sendable {
    private let client: HTTPClient

    /// Runs a body with a client.
    static func with<Value>(_ body: (ChaosClient) async throws -> Value) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        // A loop of its own: what senders do must not slow down the proxy, which is in this process too.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await HTTPClient.withHTTPClient(eventLoopGroup: group, configuration: configuration) { client in
                    try await body(ChaosClient(client: client))
                }
            )
        } catch {
            result = .failure(error)
        }
        try? await group.shutdownGracefully()
        return try result.get()
    }

    /// Posts a request, and reads its answer.
    func post(
        _ request: SignedRequest,
        to endpoint: ChaosEndpoint,
        mark: String,
        port: Int
    ) async -> SentDelivery.Answer {
        var message = HTTPClientRequest(url: "http://127.0.0.1:\(port)/hooks/\(endpoint.name)")
        message.method = .POST
        for header in request.headers {
            message.headers.add(name: header.name, value: header.value)
        }
        message.headers.add(name: DeliveryMaker.markHeader, value: mark)
        message.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let response = try await client.execute(message, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 16)
            let receipt = try? JSONDecoder().decode(Receipt.self, from: Data(body.readableBytesView))
            return SentDelivery.Answer(
                status: Int(response.status.code),
                id: receipt.flatMap { Int64($0.id) }.map(DeliveryID.init(rawValue:)),
                isDuplicate: receipt?.duplicate ?? false,
                lacksRetryAfter: response.status.code == 503 && !response.headers.contains(name: "Retry-After")
            )
        } catch {
            return SentDelivery.Answer(status: nil)
        }
    }

    private struct Receipt: Decodable {
        let id: String
        let duplicate: Bool
    }
}
