import Configuration
import CoreMetrics
import Hummingbird
import Postroom
import Tracing
import UnixSignals

/// The examples of *Embedding*.
enum Embedding {
    typealias CRMPool = Opening.CRMPool

    func run(crm: CRMPool, logger: Logger) async throws {
        var handlers = HandlerRegistry()
        handlers.on(Wacht.UserCreated.self, named: "crm.sync") { event, context in
            try await crm.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
        }
        let postroom = try PostroomService(
            configuration: .init(file: "app.yaml", ownSections: ["shop"]),
            handlers: handlers,
            logger: logger,
            metrics: MetricsSystem.factory
        )
        try await postroom.migrate()
        let group = ServiceGroup(services: [crm, postroom], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await group.run()
    }

    func configuration(of config: ConfigReader) throws -> PostroomService.Configuration {
        try PostroomService.Configuration(
            reading: config.scoped(to: "postroom"),
            endpoints: ["stripe", "partner"],
            forwarders: ["billing-app"]
        )
    }

    func application(_ postroom: PostroomService, logger: Logger) -> some ApplicationProtocol {
        let router = Router()
        router.add(middleware: TracingMiddleware())
        router.addRoutes(postroom.routes(), atPath: "postroom")
        return Application(router: router, services: [postroom], logger: logger)
    }

    struct ObservedWorker: PostroomProgram {
        static func observability() async throws -> Observability {
            let metrics = Telemetry.makeMetrics()
            MetricsSystem.bootstrap(metrics)
            InstrumentationSystem.bootstrap(Telemetry.makeTracer())
            return Observability(metrics: metrics)
        }

        static var configurationSections: Set<String> { ["shop"] }

        func register(on handlers: inout HandlerRegistry) {
            handlers.on(.everything, named: "audit") { event, _ in try await Audit.shared.append(event.body) }
        }
    }

    /// The metrics and the tracer of a program.
    enum Telemetry {
        static func makeMetrics() -> any MetricsFactory {
            NOOPMetricsHandler.instance
        }

        static func makeTracer() -> any Tracer {
            NoOpTracer()
        }
    }
}

/// The example of a handler's new name in *Writing handlers*.
enum Renaming {
    func registerRenamed(on handlers: inout HandlerRegistry) {
        handlers.on(Wacht.UserCreated.self, named: "crm.upsert", formerly: ["crm.sync"]) { event, context in
            try await CRM.shared.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
        }
    }
}
