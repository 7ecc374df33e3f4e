package import Hummingbird
package import Logging
import NIOCore
import PostroomCore
import ServiceLifecycle

/// Answers on the admin address: `GET /health/live`, `GET /health/ready`, `GET /metrics`, and the pages that it is given.
///
/// A health address answers 200 if every check is well and 503 otherwise; its JSON body names each check, its state and
/// the reason. It is given at once, from what the process knows; the metrics wait for their collectors, for no longer than
/// two seconds. Neither asks who reads it, so the address is loopback unless configured; pages see to that themselves.
///
/// A program with a router of its own mounts ``routes(context:)`` there, and needs no address.
package final class AdminServer: Service {
    private let address: AdminAddress
    private let listens: Bool
    private let routes: AdminRoutes
    private let work = BackgroundWork()
    private let bound = Observed<Int??>(nil)
    private let logger: Logger

    /// Prepares a server.
    ///
    /// - Parameters:
    ///   - address: The address to listen on.
    ///   - listens: `false` where the routes are mounted elsewhere, and only what they need is to run.
    ///   - liveness: The checks that must be well for the process to be left running; mostly none.
    ///   - readiness: The checks that must be well for the process to get traffic.
    ///   - metrics: The metrics that `GET /metrics` shows.
    ///   - pages: The pages for people, or `nil` for none.
    ///   - clock: Measures how long collectors take.
    ///   - logger: The logger that is told that the server listens.
    package init(
        address: AdminAddress,
        listens: Bool = true,
        liveness: [HealthCheck] = [],
        readiness: [HealthCheck],
        metrics: PrometheusMetrics,
        pages: (any AdminPages)? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.address = address
        self.listens = listens
        self.logger = logger
        routes = AdminRoutes(
            liveness: liveness,
            readiness: readiness,
            metrics: metrics,
            pages: pages,
            work: work,
            clock: clock
        )
    }

    /// The port that the server listens on, once it does; `nil` where it never will, or the task was cancelled.
    package func boundPort() async -> Int? {
        await bound.value() ?? nil
    }

    /// The same routes, for a router of the program's own; they are answered while ``run()`` runs.
    package func routes<Context: RequestContext>(context: Context.Type) -> RouteCollection<Context> {
        routes.collection(context: context)
    }

    /// Listens and answers until the task is cancelled or its service group shuts down gracefully.
    ///
    /// - Throws: ``AdminServerError`` where it can't listen on its address.
    package func run() async throws {
        defer { bound.set(nil) }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await self.work.run() }
            defer { group.cancelAll() }
            guard listens else {
                try? await gracefulShutdown()
                return
            }
            do {
                try await application().run()
            } catch let error as IOError {
                throw AdminServerError(address: address, reason: error.description)
            }
        }
    }

    private func application() -> some ApplicationProtocol {
        // The framework says at `info` what this server says itself.
        var frameworkLogger = logger
        frameworkLogger.logLevel = max(logger.logLevel, .notice)
        return Application(
            router: routes.router(),
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { channel in self.didBind(to: channel.localAddress?.port) },
            logger: frameworkLogger
        )
    }

    private func didBind(to port: Int?) {
        bound.set(port)
        logger.info(
            "The admin server listens",
            metadata: ["host": "\(address.host)", "port": "\(port ?? address.port)"]
        )
    }
}

/// The routes of the admin address.
struct AdminRoutes: Sendable {
    let liveness: [HealthCheck]
    let readiness: [HealthCheck]
    let metrics: PrometheusMetrics
    let pages: (any AdminPages)?
    let work: BackgroundWork
    let clock: any Clock<Duration>

    /// The longest wait for figures that a collector reads.
    static let limit = Duration.seconds(2)

    func router() -> Router<AdminContext> {
        let router = Router(context: AdminContext.self, options: .autoGenerateHeadEndpoints)
        router.addRoutes(collection(context: AdminContext.self))
        return router
    }

    func collection<Context: RequestContext>(context: Context.Type) -> RouteCollection<Context> {
        let routes = RouteCollection(context: context)
        routes.get("health/live") { _, _ in try answer(liveness) }
        routes.get("health/ready") { _, _ in try answer(readiness) }
        routes.get("metrics") { _, _ in
            let text = await metrics.render { call in
                await call.value(within: Self.limit, on: work, clock: clock)
            }
            return response(.ok, type: MetricText.mediaType, ByteBuffer(string: text))
        }
        if let pages {
            pages.mount(on: routes)
        }
        return routes
    }

    private func answer(_ checks: [HealthCheck]) throws -> Response {
        let report = HealthReport(checks)
        let body = ByteBuffer(bytes: try report.json())
        return response(report.isHealthy ? .ok : .serviceUnavailable, type: "application/json", body)
    }

    private func response(_ status: HTTPResponse.Status, type: String, _ body: ByteBuffer) -> Response {
        let headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

/// The address of the admin server.
package struct AdminAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or an IP address.
    package var host: String
    /// The port; 0 lets the system choose one.
    package var port: Int

    /// Names an address; the default is reachable from this machine only.
    package init(host: String = "127.0.0.1", port: Int = 8081) {
        self.host = host
        self.port = port
    }

    /// The address as `host:port`.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// The reason why the admin server does not run.
package struct AdminServerError: Error, CustomStringConvertible {
    /// The address that can't be listened on.
    package let address: AdminAddress
    /// The system's reason.
    package let reason: String

    /// The problem, its place, and the advice.
    package var description: String {
        "The admin server can't listen on \(address): \(reason). "
            + "Stop what uses that address, or choose another one with admin.host and admin.port."
    }
}
