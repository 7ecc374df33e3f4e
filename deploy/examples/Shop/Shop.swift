import Configuration
import CoreMetrics
import Hummingbird
import InMemoryTracing
import MetricsTestKit
import Postroom
import Synchronization
import Tracing

/// A web application that receives webhooks too: Postroom is one of its services, logs, counts and traces where the rest of
/// it does, and has its health under a path of the application's own.
///
/// `POSTROOM_CONFIG` names the configuration file, of which the section `shop` is the application's own; `SHOP_PORT` is the
/// port of its pages. When it ends it prints what it counted and traced.
@main
struct Shop {
    static func main() async throws {
        let metrics = TestMetrics()
        let tracer = InMemoryTracer()
        MetricsSystem.bootstrap(metrics)
        InstrumentationSystem.bootstrap(tracer)
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }

        let orders = Orders()
        var handlers = HandlerRegistry()
        handlers.on(.everything, named: "shop.orders") { event, context in
            orders.count(event.type ?? "unknown")
            context.logger.info("order noted")
        }
        let postroom = try PostroomService(
            configuration: .init(file: nil, ownSections: ["shop"]),
            handlers: handlers,
            listensForAdmin: false,
            logger: Logger(label: "shop.postroom"),
            metrics: MetricsSystem.factory
        )

        let router = Router()
        router.add(middleware: TracingMiddleware())
        router.get("orders") { _, _ in "\(orders.total)\n" }
        router.addRoutes(postroom.routes(), atPath: "postroom")
        let settings = ConfigReader(provider: EnvironmentVariablesProvider())
        let application = Application(
            router: router,
            configuration: .init(
                address: .hostname("127.0.0.1", port: settings.int(forKey: "shop.port", default: 8082))
            ),
            services: [postroom],
            onServerRunning: { channel in print("pages on port \(channel.localAddress?.port ?? 0)") },
            logger: Logger(label: "shop")
        )
        try await application.runService()

        for label in Set(metrics.counters.map(\.label) + metrics.meters.map(\.label)).sorted() {
            print("counted \(label)")
        }
        for name in Set(tracer.finishedSpans.map(\.operationName)).sorted() {
            print("traced \(name)")
        }
    }
}

/// The orders that were noted.
final class Orders: Sendable {
    private let byType = Mutex<[String: Int]>([:])

    /// The number of all.
    var total: Int {
        byType.withLock { $0.values.reduce(0, +) }
    }

    /// Notes one.
    func count(_ type: String) {
        byType.withLock { $0[type, default: 0] += 1 }
    }
}
