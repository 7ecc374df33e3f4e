import Hummingbird
public import Logging
import NIOCore
import PostroomCore
public import ServiceLifecycle

/// Answers on the admin address: `GET /health/live`, `GET /health/ready` and `GET /metrics`.
///
/// A health address answers 200 if every check is well and 503 otherwise; its JSON body names each check, its state and
/// the reason. It is given at once, from what the process knows; the metrics wait for their collectors, for no longer than
/// two seconds. The server has no authentication, so its address is loopback unless configured.
public final class AdminServer: Service {
    private let address: AdminAddress
    private let routes: AdminRoutes
    private let work = BackgroundWork()
    private let bound = Observed<Int??>(nil)
    private let logger: Logger

    /// Prepares a server.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - liveness: What must be well for the process to be left running; mostly nothing.
    ///   - readiness: What must be well for the process to get traffic.
    ///   - metrics: What `GET /metrics` shows.
    ///   - clock: Measures how long collectors take.
    ///   - logger: Where the server says that it listens.
    public init(
        address: AdminAddress,
        liveness: [HealthCheck] = [],
        readiness: [HealthCheck],
        metrics: PrometheusMetrics,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.address = address
        self.logger = logger
        routes = AdminRoutes(
            liveness: liveness,
            readiness: readiness,
            metrics: metrics,
            work: work,
            clock: clock
        )
    }

    /// The port that the server listens on, once it does; `nil` where it never will, or the task was cancelled.
    public func boundPort() async -> Int? {
        await bound.value() ?? nil
    }

    /// Listens and answers until the task is cancelled or its service group shuts down gracefully.
    ///
    /// - Throws: ``AdminServerError`` where it can't listen on its address.
    public func run() async throws {
        defer { bound.set(nil) }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await self.work.run() }
            defer { group.cancelAll() }
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
