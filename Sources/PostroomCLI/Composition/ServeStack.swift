import CoreMetrics
package import Hummingbird
package import Logging
import PostgresClient
import PostroomAdmin
package import PostroomConfiguration
import PostroomConsole
import PostroomCore
import PostroomInbox
package import PostroomReceiver
import PostroomSources
import PostroomWorker
package import ServiceLifecycle
package import UnixSignals

/// The part that a process plays.
package enum ServeRole: String, CaseIterable, Sendable {
    /// Receives, and works where it has handlers.
    case all
    /// Only receives.
    case receiver
    /// Only works.
    case worker
}

/// Everything that serves, put together from a configuration.
///
/// Nothing is opened before it runs.
package struct ServeStack: Sendable {
    package let configuration: ProgramConfiguration
    let inbox: Inbox
    package let receiver: Receiver?
    let worker: Worker?
    let admin: AdminServer
    private let figures: FigureRelay?
    private let services: ProgramServices
    private let work: WorkService
    private let schema: SchemaWatch
    private let console: ConsoleParts?
    private let logger: Logger

    /// Puts the services together.
    ///
    /// - Parameters:
    ///   - loaded: The configuration.
    ///   - role: The part that the process plays.
    ///   - program: The handlers in code, and the services that they need.
    ///   - telemetry: The log of all services, and the metrics to count in.
    ///   - environment: The environment, for secrets that are kept there.
    ///   - listensForAdmin: `false` where the admin's routes are mounted elsewhere.
    /// - Throws: ``CommandFailure`` for a configuration that can't work.
    package init(
        _ loaded: LoadedConfiguration,
        role: ServeRole,
        program: ProgramParts,
        telemetry: Telemetry,
        environment: [String: String],
        listensForAdmin: Bool = true
    ) throws {
        let logger = telemetry.logger
        let metrics = FlowMeter(beside: telemetry.factory)
        let configuration = loaded.configuration
        let program = role == .receiver ? program : try Self.withForwarders(program, loaded, environment)
        let inbox = Inbox(
            configuration: configuration.database,
            loop: PollLoop(),
            logger: logger
        )
        let types = EventTypes(configuration, sources: program.sources)
        let worker = try Self.worker(configuration, role, program, inbox, types, metrics, logger)
        self.configuration = configuration
        self.logger = logger
        self.inbox = inbox
        self.worker = worker
        self.receiver = try Self.receiver(loaded, environment, role, program.sources, inbox, worker, metrics, logger)
        let services = ProgramServices(program.services)
        self.services = services
        self.work = WorkService(
            inbox: inbox,
            worker: worker,
            services: services,
            maintenance: Maintenance(
                inbox: inbox,
                retention: configuration.retention,
                endpoints: receiver == nil ? [] : configuration.endpoints.map { ($0.name, $0.source) },
                logger: logger,
                eventType: types.type(of:)
            ),
            flows: FlowReporter(
                inbox: inbox,
                meter: metrics,
                logger: logger,
                process: configuration.worker.label,
                notes: receiver?.notes
            ),
            logger: logger
        )
        let use = Self.use(receiver, worker)
        let schema = SchemaWatch {
            try await inbox.waitUntilConnected(for: use)
            return try await inbox.schemaState(for: use)
        }
        self.schema = schema
        do {
            self.console = try ConsoleParts(
                loaded,
                sources: program.sources,
                types: types,
                environment: environment,
                logger: logger
            )
        } catch {
            throw CommandFailure(error)
        }
        self.admin = AdminServer(
            address: configuration.admin,
            listens: listensForAdmin,
            readiness: Self.readiness(inbox, use, schema, receiver),
            metrics: telemetry.page,
            pages: console?.pages,
            logger: logger
        )
        let up = MetricSample.up(version: Version.current)
        let collect: MetricCollector = { await InboxMetrics(inbox: inbox).collect() }
        telemetry.page.register { [up] }
        telemetry.page.register(collector: collect)
        self.figures =
            telemetry.countsElsewhere
            ? FigureRelay(factory: telemetry.factory, collect: { [up] + (await collect()) }) : nil
    }

    /// The routes of health, metrics and console, for a router of the program's own.
    package func adminRoutes<Context: RequestContext>(context: Context.Type) -> RouteCollection<Context> {
        admin.routes(context: context)
    }

    /// Brings the schema to this program's version.
    package static func migrate(_ configuration: ProgramConfiguration, logger: Logger) async throws {
        _ = try await Migrator(configuration: configuration.database, loop: PollLoop(), logger: logger).migrate()
    }

    /// Serves until a signal, the end of a companion, or a failure.
    ///
    /// The end goes backwards: the companion, the receiver, the worker, the program's own services, the connections.
    ///
    /// - Parameters:
    ///   - signals: The signals that ask for a graceful end.
    ///   - companion: A service that runs beside; its end is the end of all.
    /// - Throws: The error of a service that could not run.
    package func run(endingOn signals: [UnixSignal] = [.sigterm, .sigint], with companion: (any Service)? = nil)
        async throws
    {
        let ours: [(any Service)?] = [console?.connections, work, receiver, companion]
        let all: [any Service] =
            [ConnectionsService(inbox: inbox), schema, admin] + (figures.map { [$0] } ?? []) + services.all
            + ours.compactMap(\.self)
        var settings = ServiceGroupConfiguration(
            services:
                all
                .map { service in
                    .init(
                        service: service,
                        successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup
                    )
                },
            gracefulShutdownSignals: signals,
            logger: logger
        )
        let grace = configuration.worker.shutdownGrace + configuration.receiver.timeouts.shutdown + .seconds(15)
        settings.maximumGracefulShutdownDuration = grace
        try await ServiceGroup(configuration: settings).run()
    }

    private static func withForwarders(
        _ program: ProgramParts,
        _ loaded: LoadedConfiguration,
        _ environment: [String: String]
    ) throws -> ProgramParts {
        do throws(InvalidConfiguration) {
            return try ForwarderAssembly.added(to: program, loaded, environment: environment)
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func worker(
        _ configuration: ProgramConfiguration,
        _ role: ServeRole,
        _ program: ProgramParts,
        _ inbox: Inbox,
        _ types: EventTypes,
        _ metrics: any MetricsFactory,
        _ logger: Logger
    ) throws -> Worker? {
        let handlers = program.handlers
        guard handlers.problems.isEmpty else {
            throw CommandFailure(.usage, handlers.problems.joined(separator: "\n"))
        }
        guard role != .receiver else { return nil }
        guard !handlers.handlers.isEmpty else {
            guard role == .all else {
                throw CommandFailure(
                    .usage,
                    "this program has no handlers, so it can't be a worker: configure forwarders under 'handlers:', or "
                        + "register handlers in a program of your own"
                )
            }
            return nil
        }
        return Worker(
            configuration: configuration.worker,
            handlers: handlers,
            rules: program.sources.rules(for:),
            eventType: types.type(of:),
            queue: inbox,
            metrics: metrics,
            logger: logger,
            observer: program.observer,
            traces: .installed
        )
    }

    private static func receiver(
        _ loaded: LoadedConfiguration,
        _ environment: [String: String],
        _ role: ServeRole,
        _ sources: SourceRegistry,
        _ inbox: Inbox,
        _ worker: Worker?,
        _ metrics: any MetricsFactory,
        _ logger: Logger
    ) throws -> Receiver? {
        do {
            let endpoints = try EndpointAssembly.endpoints(loaded, sources: sources, environment: environment)
            guard role != .worker else { return nil }
            guard !endpoints.isEmpty else {
                throw CommandFailure(
                    .usage,
                    "no endpoints are configured, so nothing could be received; add one under 'endpoints:', "
                        + "or serve with --role worker"
                )
            }
            var configuration = loaded.configuration.receiver
            configuration.commits.inFlight = loaded.configuration.database.intakeConnections
            return Receiver(
                configuration: configuration,
                endpoints: endpoints,
                store: inbox,
                handOff: worker,
                metrics: metrics,
                logger: logger,
                traces: .installed
            )
        } catch let invalid as InvalidConfiguration {
            throw CommandFailure(invalid)
        }
    }

    /// The connections that a process can't be without.
    private static func use(_ receiver: Receiver?, _ worker: Worker?) -> InboxUse {
        (receiver == nil ? [] : InboxUse.receiving).union(worker == nil ? [] : .working)
    }

    /// The checks of readiness, none of which asks the database: a question could queue behind slow ones, and a load
    /// balancer would drop a healthy receiver.
    private static func readiness(
        _ inbox: Inbox,
        _ use: InboxUse,
        _ schema: SchemaWatch,
        _ receiver: Receiver?
    ) -> [HealthCheck] {
        var checks = [
            HealthCheck(name: "database") {
                inbox.connectionFailure(for: use).map { .failing(reason: $0) } ?? .healthy
            },
            HealthCheck(name: "schema") { schema.health() },
        ]
        if let receiver {
            checks.append(
                HealthCheck(name: "receiver") {
                    if case .listening = receiver.state {
                        return .healthy
                    }
                    return .failing(reason: "the receiver does not listen")
                }
            )
        }
        return checks
    }
}

/// Holds the inbox's connections open; the last service to end.
struct ConnectionsService: Service {
    let inbox: Inbox

    func run() async throws {
        await cancelWhenGracefulShutdown { await inbox.run() }
    }
}

/// The services of the program's author.
struct ProgramServices: Sendable {
    /// The services, each of which says when its task has begun.
    let all: [any Service]
    private let begun: AsyncStream<Void>

    init(_ services: [any Service]) {
        let (begun, continuation) = AsyncStream<Void>.makeStream()
        self.begun = begun
        self.all = services.map { Announced(service: $0, begun: continuation) }
    }

    /// Returns when the tasks of all services have begun, or the caller's task is cancelled; only one may wait.
    func waitUntilBegun() async {
        guard !all.isEmpty else { return }
        var count = 0
        for await _ in begun {
            count += 1
            guard count < all.count else { return }
        }
    }

    private struct Announced: Service {
        let service: any Service
        let begun: AsyncStream<Void>.Continuation

        func run() async throws {
            begun.yield()
            do {
                try await service.run()
            } catch let error where !(error is CancellationError) {
                let reason = EscapedText.of("\(error)")
                throw CommandFailure(.failed, "the service \(type(of: service)) has failed: \(reason)")
            }
        }
    }
}

/// Everything that needs a schema that fits: it is waited for, visibly, and then the worker works and the inbox is kept
/// in order.
struct WorkService: Service {
    let inbox: Inbox
    let worker: Worker?
    let services: ProgramServices
    let maintenance: Maintenance
    let flows: FlowReporter
    let logger: Logger

    /// The time between two warnings about what is waited for.
    private static let interval: Duration = .seconds(5)

    func run() async throws {
        guard try await cancelWhenGracefulShutdown({ try await waitForSchema() }) else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await maintenance.run() } }
            group.addTask { await flows.run() }
            if let worker {
                await cancelWhenGracefulShutdown { await services.waitUntilBegun() }
                try await worker.run()
            } else {
                try? await gracefulShutdown()
            }
            group.cancelAll()
        }
    }

    /// Waits until the database is reached and its schema fits.
    ///
    /// - Returns: `false` where the service is to end before.
    /// - Throws: ``CommandFailure`` for a schema that no migration brings to this program's.
    private func waitForSchema() async throws -> Bool {
        while !Task.isCancelled {
            do {
                guard try await withTimeLimit(Self.interval, { try await inbox.waitUntilConnected() }) != nil else {
                    throw CancellationError()
                }
                let state = try await inbox.schemaState()
                guard let problem = InboxReadiness.problem(with: state) else {
                    logger.info("the inbox is ready")
                    return true
                }
                switch state {
                case .newer, .foreign: throw CommandFailure(.failed, problem)
                case .missing, .outdated, .current, .compatible: break
                }
                logger.warning("waiting for the schema", metadata: ["reason": "\(problem)"])
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                guard !Task.isCancelled else { return false }
                let reason = inbox.connectionFailure ?? "\(error)"
                logger.warning("waiting for the database", metadata: ["reason": "\(reason)"])
                continue
            }
            try? await Task.sleep(for: Self.interval)
        }
        return false
    }
}
