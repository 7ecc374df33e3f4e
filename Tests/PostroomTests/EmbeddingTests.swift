import Configuration
import Hummingbird
import HummingbirdTesting
import Logging
import Postroom
import ServiceLifecycle
import Testing

@Suite("Postroom inside another program")
struct EmbeddingTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let values: [AbsoluteConfigKey: ConfigValue] = [
        "app.name": "acme",
        "postroom.database.url": "host=127.0.0.1 port=1 dbname=none",
        "postroom.receiver.host": "127.0.0.1",
        "postroom.receiver.port": 0,
        "postroom.worker.concurrency": 7,
        "postroom.endpoints.stripe.source": "stripe",
        "postroom.endpoints.stripe.secrets": .init(.stringArray(["env:STRIPE"]), isSecret: true),
        "postroom.handlers.audit.events": "stripe:*",
        "postroom.handlers.audit.exec.command": .init(.stringArray(["/bin/cat"]), isSecret: false),
    ]

    private func configuration(
        _ changes: [AbsoluteConfigKey: ConfigValue] = [:]
    ) throws -> PostroomService.Configuration {
        let provider = InMemoryProvider(values: values.merging(changes) { $1 })
        return try PostroomService.Configuration(
            reading: ConfigReader(provider: provider).scoped(to: "postroom"),
            endpoints: ["stripe"],
            forwarders: ["audit"],
            environment: ["STRIPE": "whsec_abc"]
        )
    }

    private func errorText(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("a reader's texts and numbers are read under our keys, whatever else it knows")
    func reader() throws {
        _ = try PostroomService(configuration: try configuration(), logger: quiet)
    }

    @Test(
        "what can't work is thrown in words, when the configuration is read or the service is made",
        arguments: [
            ("postroom.worker.concurrency", "many", "worker.concurrency: found 'many'"),
            ("postroom.endpoints.stripe.source", "strip", "did you mean 'stripe'?"),
            ("postroom.handlers.audit.events", "strip:*", "handlers.audit.events[0]: found 'strip'"),
            ("postroom.handlers.audit.order", "any", "handlers.audit.order: found 'any'"),
        ] as [(AbsoluteConfigKey, String, String)]
    )
    func misfit(key: AbsoluteConfigKey, value: String, told: String) {
        let text = errorText { _ = try configuration([key: .init(.string(value), isSecret: false)]) }
        #expect(text.contains(told), "\(text)")
    }

    @Test("a secret that is missing and a handler that can't be are thrown, not told on standard error")
    func parts() throws {
        let provider = InMemoryProvider(values: values)
        let text = errorText {
            let configuration = try PostroomService.Configuration(
                reading: ConfigReader(provider: provider).scoped(to: "postroom"),
                endpoints: ["stripe"],
                environment: [:]
            )
            _ = try PostroomService(configuration: configuration, logger: quiet)
        }
        #expect(text.contains("STRIPE"), "\(text)")
        var handlers = HandlerRegistry()
        handlers.on(.everything, named: "") { _, _ in }
        #expect(throws: PostroomServiceError.self) {
            _ = try PostroomService(configuration: try configuration(), handlers: handlers, logger: quiet)
        }
    }

    @Test("health and metrics are routes of the program's own router, under its path and with its context")
    func routes() async throws {
        let service = try PostroomService(
            configuration: try configuration(),
            listensForAdmin: false,
            logger: quiet
        )
        let router = Router(context: OwnContext.self)
        router.addRoutes(service.routes(context: OwnContext.self), atPath: "inbox")
        try await Application(router: router, logger: quiet)
            .test(.router) { client in
                for (path, status) in [("health/live", HTTPResponse.Status.ok), ("health/ready", .serviceUnavailable)] {
                    try await client.execute(uri: "/inbox/\(path)", method: .get) { #expect($0.status == status) }
                }
                try await client.execute(uri: "/health/live", method: .get) { #expect($0.status == .notFound) }
            }
    }

    @Test("a graceful shutdown of the program's group ends it though the database was never reached")
    func shutdown() async throws {
        let service = try PostroomService(configuration: try configuration(), listensForAdmin: false, logger: quiet)
        let ender = Ender {
            #expect(await service.receiverPort() != nil)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: service),
                    .init(service: ender, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                logger: quiet
            )
        )
        try await group.run()
    }

    /// A service whose end is the end of its group.
    private struct Ender: Service {
        let body: @Sendable () async -> Void

        func run() async throws {
            await body()
        }
    }

    /// A context such as a program has that needs more than a path.
    private struct OwnContext: RequestContext {
        var coreContext: CoreRequestContextStorage

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
        }
    }
}
