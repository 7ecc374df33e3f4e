import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import PostroomCore
package import PostroomSources
import ServiceLifecycle
import Synchronization

/// Posts the body of each event to a URL, as it was received.
///
/// It is a service too, which closes its connections when it ends.
package final class HTTPForwarder: ForwardTarget, Service {
    /// The conditions under which requests are made.
    package struct Settings: Sendable {
        /// The URL.
        package var target: HTTPTarget
        /// The secrets to sign with by Standard Webhooks; none for requests without a signature.
        package var secrets: [Secret] = []
        /// Further header fields.
        package var headers: [(name: String, value: Sensitive<String>)] = []
        /// True where an address that the internet can't reach is meant.
        package var allowsPrivate = false
        /// The file of the authorities to trust in place of the system's, or `nil`.
        package var authorities: String?
        /// The longest time for making a connection.
        package var connectTimeout = Duration.seconds(5)
        /// The most bytes of an answer that are read.
        package var answerLimit = 65_536
        /// The most connections to an address that are kept.
        package var connections = 64

        /// The defaults, for a URL.
        package init(target: HTTPTarget) {
            self.target = target
        }
    }

    /// The names of header fields that forwarders write themselves.
    package static let ownFields: Set<String> = [
        "content-type", "content-length", "transfer-encoding", "connection", "host", "user-agent", "idempotency-key",
        "webhook-id", "webhook-timestamp", "webhook-signature", "traceparent", "tracestate", "expect", "te", "trailer",
        "upgrade", "keep-alive",
    ]
    /// The beginning of the names of the fields that tell about the delivery.
    package static let prefix = "Postroom-"

    /// The longest time that is waited for the rest of an answer, whose head has decided the attempt already.
    private static let answerPatience = Duration.seconds(5)

    private let settings: Settings
    private let clients: PinnedClients

    /// Prepares a forwarder; nothing is opened before the first event.
    ///
    /// - Parameters:
    ///   - settings: The conditions under which requests are made.
    ///   - lookup: The way to look up the host.
    /// - Throws: ``SecretProblem`` where a secret can't sign.
    package init(_ settings: Settings, lookup: HostLookup = .system) throws(SecretProblem) {
        if !settings.secrets.isEmpty {
            _ = try Self.signature(settings.secrets, id: "id", body: [], now: Date())
        }
        self.settings = settings
        self.clients = PinnedClients(
            host: settings.target.host,
            rule: AddressRule(allowsPrivate: settings.allowsPrivate),
            lookup: lookup
        ) { address in
            HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration(settings, address))
        }
    }

    package var kind: HandlerKind { .http }

    /// Waits for the end of the program, and closes the connections.
    package func run() async throws {
        try? await gracefulShutdown()
        await close()
    }

    /// Closes the connections; nothing is posted any more.
    func close() async {
        await clients.shutDown()
    }

    /// Posts an event.
    ///
    /// - Throws: ``ForwardFailure`` unless the answer's status is 2xx.
    package func forward(_ context: HandlerContext) async throws {
        let request = try request(context)
        let verdict = try await clients.withClient { client, address in
            do {
                let response = try await client.execute(request, deadline: .distantFuture)
                return await self.verdict(of: response)
            } catch {
                throw failure(of: error, at: address)
            }
        }
        if case .failed(let failure) = verdict {
            throw failure
        }
    }

    // MARK: - The request

    private func request(_ context: HandlerContext) throws(SecretProblem) -> HTTPClientRequest {
        let facts = ForwardedFacts(context)
        var request = HTTPClientRequest(url: settings.target.url)
        request.method = .POST
        request.headers.add(name: "User-Agent", value: "postroom")
        if let type = facts.contentType {
            request.headers.add(name: "Content-Type", value: type)
        }
        request.headers.add(name: "Idempotency-Key", value: facts.idempotencyKey)
        for fact in facts.all {
            request.headers.add(name: Self.fieldName(fact.name), value: fact.value)
        }
        for field in facts.trace {
            request.headers.add(name: field.name, value: field.value)
        }
        for header in settings.headers {
            request.headers.add(name: header.name, value: header.value.exposed)
        }
        if !settings.secrets.isEmpty {
            let id = facts.idempotencyKey
            for header in try Self.signature(settings.secrets, id: id, body: context.delivery.body, now: Date()) {
                request.headers.add(name: header.name, value: header.value)
            }
        }
        request.body = .bytes(ByteBuffer(bytes: context.delivery.body))
        return request
    }

    /// `event type` becomes `Postroom-Event-Type`.
    private static func fieldName(_ fact: String) -> String {
        prefix + fact.split(separator: " ").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }

    private static func signature(
        _ secrets: [Secret],
        id: String,
        body: [UInt8],
        now: Date
    ) throws(SecretProblem) -> [(name: String, value: String)] {
        try SourceRegistry.builtIn
            .sign(UnsignedRequest(body: body, id: id, now: now), as: .standardWebhooks, secrets: secrets)
            .headers
            .filter { $0.name.lowercased().hasPrefix("webhook-") }
    }

    private static func configuration(_ settings: Settings, _ address: IPAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .milliseconds(settings.connectTimeout.microseconds / 1000)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.connections
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [settings.target.host: address.description]
        if let file = settings.authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(file)
            configuration.tlsConfiguration = tls
        }
        return configuration
    }

    // MARK: - The answer

    private func verdict(of response: HTTPClientResponse) async -> AnswerVerdict {
        let head = response.headers
        let retryAfter = head.first(name: "retry-after")
            .flatMap { text in
                RetryAfter.delay(
                    text,
                    sentAt: head.first(name: "date"),
                    now: Int64(Date().timeIntervalSince1970)
                )
            }
        let verdict = AnswerVerdict.decide(
            status: Int(response.status.code),
            reason: response.status.reasonPhrase,
            location: head.first(name: "location"),
            retryAfter: retryAfter
        )
        // Read in any case, so that the connection can be used again.
        let beginning = await beginning(of: response.body)
        guard case .failed(var failure) = verdict else { return verdict }
        failure.evidence = Evidence.of(beginning)
        return .failed(failure)
    }

    /// Reads an answer's body up to its limits.
    ///
    /// - Returns: Its beginning, also where the rest did not come: the head has decided the attempt.
    private func beginning(of body: HTTPClientResponse.Body) async -> [UInt8] {
        let kept = Kept()
        let limit = settings.answerLimit
        let reading: Void?? = try? await withTimeLimit(Self.answerPatience) {
            var count = 0
            for try await part in body {
                kept.add(part.readableBytesView)
                count += part.readableBytes
                guard count <= limit else { return }
            }
        }
        _ = reading
        return kept.bytes
    }

    /// The beginning of a body that is being read.
    private final class Kept: Sendable {
        private let state = Mutex<[UInt8]>([])

        func add(_ part: ByteBufferView) {
            state.withLock { bytes in
                bytes.append(contentsOf: part.prefix(Evidence.longest + 1 - bytes.count))
            }
        }

        var bytes: [UInt8] { state.withLock(\.self) }
    }

    /// A failure to get an answer in words.
    private func failure(of error: any Error, at address: IPAddress) -> any Error {
        if error is CancellationError {
            return error
        }
        return ForwardFailure("no answer from \(settings.target.host) (\(address)): \(Self.reason(error))")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "it closed the connection"
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError: error.connectionErrors.first.map { reason($0.error) } ?? "unknown host"
        case let error as IOError:
            strerror(error.errnoCode).map { String(cString: $0) } ?? "error \(error.errnoCode)"
        default: EscapedText.of(String(String(describing: error).prefix(200)))
        }
    }
}
