import PostgresClient
import PostroomAdmin
import PostroomCore
import PostroomInbox
import PostroomReceiver
import PostroomSources
import PostroomWorker
import PrivatePostgres

/// The parts from which every bench with a database builds its runs.
struct BenchScene: Sendable {
    let options: BenchOptions
    let tools: BenchTools
    let database: BenchDatabase

    /// The metrics of a program in production: counting is part of what is measured.
    static func metrics() -> PrometheusMetrics {
        PrometheusMetrics()
    }

    var meter: Meter {
        Meter(database: database)
    }

    /// Runs a body with a connected inbox.
    ///
    /// - Throws: ``BenchFailure`` where the schema does not fit, and what the body threw.
    func withInbox<Value>(_ body: (Inbox) async throws -> Value) async throws -> Value {
        let loop = PollLoop()
        var configuration = database.inbox
        if let connections = options.connections {
            configuration.intakeConnections = connections
            configuration.dispatchConnections = connections
        }
        let inbox = Inbox(configuration: configuration, loop: loop, logger: tools.logger)
        // unstructured: shields the connections from a cancellation, after which the worker still settles
        let connections = Task { await inbox.run() }
        let result: Result<Value, any Error>
        do {
            guard try await inbox.checkSchema() == .current else {
                throw BenchFailure("the schema of the bench was changed from outside")
            }
            try await inbox.waitUntilConnected()
            result = .success(try await body(inbox))
        } catch {
            result = .failure(error)
        }
        connections.cancel()
        await connections.value
        await loop.stop()
        return try result.get()
    }

    /// Runs a body with a worker that has registered, and lets it settle everything afterwards.
    ///
    /// - Throws: The body's error.
    func withWorker<Value>(
        _ inbox: Inbox,
        _ handlers: BenchHandlers,
        _ body: (Worker) async throws -> Value
    ) async throws -> Value {
        var configuration = WorkerConfiguration(label: "bench")
        configuration.retryInterval = .milliseconds(100)
        configuration.deliveriesPerClaim = options.claim ?? configuration.deliveriesPerClaim
        let worker = Worker(
            configuration: configuration,
            handlers: handlers.registry,
            rules: SourceRegistry.builtIn.rules(for:),
            queue: inbox,
            metrics: Self.metrics(),
            logger: tools.logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            defer { group.cancelAll() }
            return try await body(worker)
        }
    }

    /// Waits until a worker takes hand-offs, which it does once the database knows it and its handlers.
    func waitUntilReady(_ worker: Worker) async throws {
        while true {
            if let id = worker.reserve(.zero) {
                worker.accept([], for: id, reserved: .zero)
                return
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Makes the handlers known to the database, so that deliveries stored from now on are theirs.
    func recordHandlers() async throws {
        try await withInbox { inbox in
            try await withWorker(inbox, BenchHandlers(options.plain)) { try await waitUntilReady($0) }
        }
    }

    /// Runs a body with a group commit that an in-process producer can submit to.
    func withCommitter<Value>(
        _ inbox: Inbox,
        handOff: Worker?,
        _ body: (GroupCommitter) async throws -> Value
    ) async throws -> Value {
        var configuration = ReceiverConfiguration()
        configuration.commits.inFlight = options.connections ?? database.inbox.intakeConnections
        let committer = GroupCommitter(
            configuration: configuration,
            store: inbox,
            handOff: handOff,
            // The producer bounds what is under way.
            budget: IntakeBudget(requests: .max, bytes: .max),
            metrics: Self.metrics(),
            logger: tools.logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await committer.run() }
            defer { committer.finish() }
            return try await body(committer)
        }
    }

    /// Lets a producer submit for the time or the number of events that the options say.
    ///
    /// - Returns: The number of stored deliveries, and the time of the last.
    func produce(with producer: Producer) async throws -> (stored: Int, lastEnd: ContinuousClock.Instant) {
        producer.start(options.inFlight)
        if options.events == nil {
            try? await Task.sleep(for: options.duration)
            producer.stop()
        }
        let result = try await producer.drained()
        try Task.checkCancellation()
        return result
    }

    /// The figures of a measured run.
    func figures(_ label: String, _ measured: Measured) async throws -> RunFigures {
        RunFigures(label, measured, try await database.queueState())
    }

    /// A report with what it ran with and on.
    func report(_ kind: BenchKind) async throws -> BenchReport {
        var report = BenchReport(kind: kind)
        report.settings = BenchSettings.facts(of: options, for: kind, inbox: database.inbox)
        report.machine = MachineFacts.ofMachine
        if let folder = database.server?.folders.root, let fact = await MachineFacts.fsync(in: folder) {
            report.machine.append(fact)
        }
        report.machine += try await ServerSettings.facts(of: database)
        return report
    }
}
