import CoreMetrics
import Logging
import PostgresClient
import PostroomAdmin
import PostroomConfiguration
import PostroomCore
import PostroomInbox
import PostroomSources
import PostroomWorker
import ServiceLifecycle

/// Everything of a process that serves one inbox: its connections, its worker, its maintenance, and what is known of it.
///
/// Where several servers share the deliveries, each has all of this to itself. Nothing waits for two of them, so that one
/// that is down or stuck costs its own share only.
struct ServedInbox: Sendable {
    let inbox: Inbox
    let worker: Worker?
    let work: WorkService
    /// The meter of the worker; of the whole process where there is one inbox.
    let meter: FlowMeter
    private let schema: SchemaWatch
    private let use: InboxUse

    /// The services that everything else stands on.
    var foundations: [any Service] {
        [ConnectionsService(inbox: inbox), schema]
    }

    /// The state by what the process knows already, without asking the database: a question could queue behind slow ones, and
    /// a load balancer would drop a healthy receiver.
    var state: ServerReadiness.Server {
        ServerReadiness.Server(
            place: inbox.place,
            database: { [inbox, use] in
                inbox.connectionFailure(for: use).map { .failing(reason: $0) } ?? .healthy
            },
            schema: { [schema] in schema.health() }
        )
    }

    /// The parts that all inboxes of a process have in common.
    struct Assembly {
        let configuration: ProgramConfiguration
        let role: ServeRole
        let program: ProgramParts
        let services: ProgramServices
        let types: EventTypes
        let telemetry: Telemetry
        /// The meter of what no server has to itself, and of everything where there is one.
        let meter: FlowMeter

        /// Puts together what serves each inbox.
        ///
        /// - Throws: ``CommandFailure`` for handlers that can't work.
        func inboxes() throws -> [ServedInbox] {
            let handlers = program.handlers
            guard handlers.problems.isEmpty else {
                throw CommandFailure(.usage, handlers.problems.joined(separator: "\n"))
            }
            if role == .worker, handlers.handlers.isEmpty {
                throw CommandFailure(
                    .usage,
                    "this program has no handlers, so it can't be a worker: configure forwarders under 'handlers:', or "
                        + "register handlers in a program of your own"
                )
            }
            let places = configuration.database.places
            let problems = handlers.problems(sharedAmong: places.count)
            guard role == .receiver || problems.isEmpty else {
                throw CommandFailure(.usage, problems.joined(separator: "\n"))
            }
            return places.enumerated().map { served($1, rank: $0, of: places.count) }
        }

        private func served(_ database: InboxConfiguration, rank: Int, of count: Int) -> ServedInbox {
            var (logger, meter) = (telemetry.logger, meter)
            if let number = database.number {
                logger[metadataKey: "server"] = "\(number)"
                meter = FlowMeter(beside: ServerMetrics(telemetry.factory, server: number))
            }
            let inbox = Inbox(configuration: database, loop: PollLoop(), logger: logger)
            let worker =
                role == .receiver || program.handlers.handlers.isEmpty
                ? nil
                : Worker(
                    configuration: configuration.worker.part(rank, of: count),
                    handlers: program.handlers.part(rank, of: count),
                    rules: program.sources.rules(for:),
                    eventType: types.type(of:),
                    queue: inbox,
                    metrics: meter,
                    logger: logger,
                    observer: program.observer,
                    traces: .installed
                )
            let endpoints = role == .worker ? [] : configuration.endpoints
            let work = WorkService(
                inbox: inbox,
                worker: worker,
                services: services,
                maintenance: Maintenance(
                    inbox: inbox,
                    retention: configuration.retention,
                    endpoints: endpoints.map { ($0.name, $0.source) },
                    logger: logger,
                    eventType: types.type(of:)
                ),
                logger: logger
            )
            let use = (role == .worker ? [] : InboxUse.receiving).union(worker == nil ? [] : .working)
            let schema = SchemaWatch {
                try await inbox.waitUntilConnected(for: use)
                return try await inbox.schemaState(for: use)
            }
            return ServedInbox(inbox: inbox, worker: worker, work: work, meter: meter, schema: schema, use: use)
        }
    }
}

/// The metrics of what serves one server among several, with its number as a label.
final class ServerMetrics: MetricsFactory {
    private let base: any MetricsFactory
    private let server: (String, String)

    init(_ base: any MetricsFactory, server: Int) {
        self.base = base
        self.server = ("server", "\(server)")
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        base.makeCounter(label: label, dimensions: dimensions + [server])
    }

    func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        base.makeFloatingPointCounter(label: label, dimensions: dimensions + [server])
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        base.makeMeter(label: label, dimensions: dimensions + [server])
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        base.makeRecorder(label: label, dimensions: dimensions + [server], aggregate: aggregate)
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        base.makeTimer(label: label, dimensions: dimensions + [server])
    }

    func destroyCounter(_ handler: any CounterHandler) {
        base.destroyCounter(handler)
    }

    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        base.destroyFloatingPointCounter(handler)
    }

    func destroyMeter(_ handler: any MeterHandler) {
        base.destroyMeter(handler)
    }

    func destroyRecorder(_ handler: any RecorderHandler) {
        base.destroyRecorder(handler)
    }

    func destroyTimer(_ handler: any TimerHandler) {
        base.destroyTimer(handler)
    }
}
