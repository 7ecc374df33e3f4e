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
    /// The inboxes by their servers, one as a rule.
    private let served: [ServedInbox]
    package let receiver: Receiver?
    /// The first inbox, the only one as a rule.
    var inbox: Inbox { served[0].inbox }
    let admin: AdminServer
    private let figures: FigureRelay?
    private let services: ProgramServices
    private let flows: [FlowReporter]
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
        let services = ProgramServices(program.services)
        let assembly = ServedInbox.Assembly(
            configuration: configuration,
            role: role,
            program: program,
            services: services,
            types: EventTypes(configuration, sources: program.sources),
            telemetry: telemetry,
            meter: metrics
        )
        let served = try assembly.inboxes()
        self.configuration = configuration
        self.logger = logger
        self.served = served
        self.receiver = try Self.receiver(loaded, environment, role, program.sources, served, metrics, logger)
        self.services = services
        self.flows = Self.flows(served, receiver, metrics, process: configuration.worker.label, logger)
        do {
            self.console = try ConsoleParts(
                loaded,
                sources: program.sources,
                types: assembly.types,
                environment: environment,
                logger: logger
            )
        } catch {
            throw CommandFailure(error)
        }
        self.admin = AdminServer(
            address: configuration.admin,
            listens: listensForAdmin,
            readiness: ServerReadiness.checks(served.map(\.state)) + Self.readiness(receiver),
            metrics: telemetry.page,
            pages: console?.pages,
            logger: logger
        )
        let up = MetricSample.up(version: Version.current)
        let figures = served.map { InboxMetrics(inbox: $0.inbox) }
        telemetry.page.register { [up] }
        // Each by itself: one that is late keeps no other from the page.
        for figures in figures {
            telemetry.page.register { await figures.collect() }
        }
        let collect: MetricCollector = {
            await withTaskGroup { group in
                for figures in figures {
                    group.addTask { await figures.collect() }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
        }
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
        let joining = await ServerMigration.joiningTime(configuration.database, logger: logger)
        for database in configuration.database.places {
            _ = try await Migrator(configuration: database, loop: PollLoop(), logger: logger).migrate(joining: joining)
        }
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
        let connections = (console?.connections ?? []).map { $0 as any Service }
        let ours: [(any Service)?] = flows + served.map(\.work) + [receiver, companion]
        let all: [any Service] =
            served.flatMap(\.foundations) + [admin] + connections + (figures.map { [$0] } ?? []) + services.all
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

    private static func receiver(
        _ loaded: LoadedConfiguration,
        _ environment: [String: String],
        _ role: ServeRole,
        _ sources: SourceRegistry,
        _ served: [ServedInbox],
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
            let servers = Servers(
                served.map(\.inbox),
                keyRetention: loaded.configuration.retention.idempotencyKeys
            )
            let targets = IntakeTargets(
                served.map { IntakeTargets.Target(store: $0.inbox, handOff: $0.worker) },
                history: served.count > 1 ? servers : nil,
                home: servers.home(of:)
            )
            return Receiver(
                configuration: configuration,
                endpoints: endpoints,
                targets: targets,
                metrics: metrics,
                logger: logger,
                traces: .installed
            )
        } catch let invalid as InvalidConfiguration {
            throw CommandFailure(invalid)
        }
    }

    /// The reporters of what goes through: one, and where servers have numbers one for the receiver and one for each worker.
    private static func flows(
        _ served: [ServedInbox],
        _ receiver: Receiver?,
        _ metrics: FlowMeter,
        process: String,
        _ logger: Logger
    ) -> [FlowReporter] {
        let isAlone = served[0].inbox.number == nil
        let common = FlowReporter(
            inboxes: served.map(\.inbox),
            meter: metrics,
            logger: logger,
            process: process,
            notes: receiver?.notes,
            metersAttempts: isAlone
        )
        guard !isAlone else { return [common] }
        return [common]
            + served.filter { $0.worker != nil }
            .map { server in
                FlowReporter(
                    inboxes: [server.inbox],
                    meter: server.meter,
                    logger: logger,
                    process: process,
                    metersAttempts: true
                )
            }
    }

    /// The readiness of the receiver.
    private static func readiness(_ receiver: Receiver?) -> [HealthCheck] {
        guard let receiver else { return [] }
        return [
            HealthCheck(name: "receiver") {
                if case .listening = receiver.state {
                    return .healthy
                }
                return .failing(reason: "the receiver does not listen")
            }
        ]
    }
}
