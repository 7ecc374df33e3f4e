import AsyncHTTPClient
import FoundationEssentials
import NIOCore
package import NIOHTTP1
import PostroomCore
import PostroomSources

/// A sender at the other end of a real socket.
package struct Sender: Sendable {
    package let port: Int

    /// Sends to a port of this machine.
    package init(port: Int) {
        self.port = port
    }

    /// The secret that the test's configurations give the endpoint `hooks`.
    package static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private static let client = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The answer.
    package struct Answer: Sendable {
        package let status: Int
        package let body: String
        private let headers: HTTPHeaders

        package init(status: Int, headers: HTTPHeaders, body: String) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// The value of a header field.
        package func header(_ name: String) -> String? {
            headers[name].first
        }

        /// The delivery's id, where it was accepted.
        package var id: Int64? {
            (try? JSONValue(text: body))?["id"]?.text.flatMap { Int64($0) }
        }

        /// True if it was known before.
        package var isDuplicate: Bool? {
            guard case .boolean(let value) = (try? JSONValue(text: body))?["duplicate"] else { return nil }
            return value
        }
    }

    /// Posts to the endpoint `hooks`, signed now.
    package func send(key: String, body: String? = nil, isInvalid: Bool = false) async throws -> Answer {
        let bytes = Array((body ?? "{\"type\":\"invoice.paid\",\"key\":\"\(key)\"}").utf8)
        return try await send(key: key, bytes: bytes, isInvalid: isInvalid)
    }

    /// Posts any bytes to the endpoint `hooks`, signed now, with further headers.
    package func send(
        key: String,
        bytes: [UInt8],
        headers: [(name: String, value: String)] = [],
        isInvalid: Bool = false
    ) async throws -> Answer {
        let request = try SourceRegistry.builtIn.sign(
            UnsignedRequest(body: bytes, id: key, now: Date(), isInvalid: isInvalid),
            as: .standardWebhooks,
            secrets: [Secret(Self.secret)]
        )
        return try await post(request.headers + headers, request.body, to: "hooks")
    }

    /// Posts and demands that it is accepted.
    @discardableResult
    package func accept(key: String, body: String? = nil) async throws -> Int64 {
        let answer = try await send(key: key, body: body)
        guard answer.status == 200, let id = answer.id else {
            throw Unexpected("\(key) was answered \(answer.status) \(answer.body)")
        }
        return id
    }

    /// Posts many and demands that all are accepted.
    package func accept(keys: [String], atOnce width: Int = 48) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, key) in keys.enumerated() {
                if index >= width {
                    try await group.next()
                }
                group.addTask { try await accept(key: key) }
            }
            try await group.waitForAll()
        }
    }

    /// Posts any request.
    package func post(_ headers: [(name: String, value: String)], _ body: [UInt8], to endpoint: String) async throws
        -> Answer
    {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/hooks/\(endpoint)")
        request.method = .POST
        for header in headers {
            request.headers.add(name: header.name, value: header.value)
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await Self.execute(request)
    }

    /// Gets a page of the admin address.
    package static func get(_ path: String, port: Int) async throws -> Answer {
        try await execute(HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)"))
    }

    private static func execute(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 22)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: String(decoding: body.readableBytesView, as: UTF8.self)
        )
    }
}
