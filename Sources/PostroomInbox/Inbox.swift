package import Logging
package import PostgresClient
package import PostroomCore
import Synchronization

/// The inbox in Postgres, which the receiver commits to and the workers claim from.
///
/// It keeps fixed connections by role, so that no slow question of a person or of maintenance can hold up intake, claims or
/// heartbeats. ``run()`` holds them open and must run for as long as the inbox is used; until they are connected, and
/// whenever they are not, calls fail at once.
package final class Inbox: Sendable {
    let configuration: InboxConfiguration
    let intake: PostgresPool
    let dispatch: PostgresPool
    /// Opened when the first attempt needs it.
    let attempts: PostgresPool
    let wantsAttempts = Observed(false)
    let lease: PostgresPool
    let maintenance: PostgresPool
    let listener: PostgresPool
    let logger: Logger
    let cursors = ClaimCursors()
    let dueCursors = DueCursors()
    let orderedCursors = DueCursors(margin: .seconds(3))
    let batchFloor = BatchFloorCursor()
    let signals = WakeUpSignals()
    let schedule = Schedule()
    let duplicates = DuplicateAudit()
    /// The losses that this process found since it began.
    package let losses: LossLog
    private let loop: PollLoop
    let examination: DatabaseExamination
    let transactionConnections: TransactionConnections
    /// True once the schema was seen to fit this program.
    private let schemaFits = Atomic(false)
    let fullRescue = Mutex(FullRescueClock())

    /// Describes an inbox; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - configuration: The address and the connections.
    ///   - loop: The thread that all connections share.
    ///   - logger: The log of lost and restored connections.
    package init(configuration: InboxConfiguration, loop: PollLoop, logger: Logger) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        self.losses = LossLog(logger)
        self.transactionConnections = TransactionConnections(configuration, loop: loop, logger: logger)
        let examination = DatabaseExamination(
            schema: configuration.schema,
            number: configuration.number,
            logger: logger
        )
        self.examination = examination
        func pool(_ role: ConnectionRole, size: Int) -> PostgresPool {
            PostgresPool(
                configuration: role.configuration(for: configuration),
                size: size,
                role: role.rawValue,
                loop: loop,
                logger: logger,
                examine: { connection throws(PostgresError) in
                    switch role {
                    case .intake: try await examination.checkIntake(connection)
                    case .dispatch: try await examination.checkNumbers(connection)
                    // No wait for a table may hold up a heartbeat, or what tells of the trouble.
                    case .attempts, .lease, .maintenance, .listen, .transaction:
                        try await examination.checkPlace(connection)
                    }
                }
            )
        }
        self.intake = pool(.intake, size: configuration.intakeConnections)
        self.dispatch = pool(.dispatch, size: configuration.dispatchConnections)
        self.attempts = pool(.attempts, size: 2)
        self.lease = pool(.lease, size: 1)
        self.maintenance = pool(.maintenance, size: 1)
        self.listener = pool(.listen, size: 1)
    }

    /// Keeps the connections open, listens for wake-ups and passes ours on, until it is cancelled.
    ///
    /// Behind a pooler that lends a session for one transaction, there is nothing to listen on.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for pool in [intake, dispatch, lease, maintenance] {
                group.addTask { await pool.run() }
            }
            group.addTask {
                if await self.wantsAttempts.wait(until: \.self) {
                    await self.attempts.run()
                }
            }
            if configuration.pooling == .session {
                group.addTask { await self.listener.run() }
                group.addTask { await self.listen() }
            }
            group.addTask { await self.transactionConnections.run() }
            group.addTask { await self.notifyOthers() }
            group.addTask { await self.notifyOfSchedule() }
            group.addTask { await self.duplicates.run(on: self.maintenance, logger: self.logger) }
        }
        signals.finish()
    }

    /// Keeps only the connections open that administration needs, until it is cancelled.
    package func runForAdministration() async {
        await withDiscardingTaskGroup { group in
            for pool in [lease, maintenance] {
                group.addTask { await pool.run() }
            }
            group.addTask { await self.notifyOthers() }
        }
        signals.finish()
    }

    /// The reason for which a role that serving needs has no connection; `nil` where each has one.
    package var connectionFailure: String? {
        failure(of: [intake, dispatch, lease, maintenance])
    }

    /// The reason for which administration has no connection; `nil` where it has one.
    package var administrationFailure: String? {
        failure(of: [maintenance])
    }

    func failure(of pools: [PostgresPool]) -> String? {
        pools.first { !$0.isConnected }.map { $0.lastFailure?.description ?? "\($0.role): not connected yet" }
    }

    /// Waits until the database is connected, and tells whether its schema fits this program.
    ///
    /// - Returns: The schema's state. Only where it ``SchemaState/isUsable`` can the inbox be used.
    /// - Throws: ``QueueError`` where the database can't be asked, and `CancellationError`.
    package func checkSchema() async throws -> SchemaState {
        try await maintenance.waitUntilConnected()
        return try await schemaState()
    }

    /// Waits until administration has a connection.
    ///
    /// - Throws: `CancellationError`.
    package func waitUntilAdministrable() async throws {
        try await maintenance.waitUntilConnected()
    }

    /// Waits until every role has a connection.
    ///
    /// - Throws: `CancellationError`.
    package func waitUntilConnected() async throws {
        for pool in [intake, dispatch, lease, maintenance] {
            try await pool.waitUntilConnected()
        }
    }

    /// Tells whether the schema fits this program, over a connection that exists.
    ///
    /// - Returns: The schema's state.
    /// - Throws: ``QueueError`` where the database can't be asked.
    package func schemaState() async throws(QueueError) -> SchemaState {
        try await schemaState(over: maintenance)
    }

    func schemaState(over pool: PostgresPool) async throws(QueueError) -> SchemaState {
        let state = try await inQueueTerms { () async throws(PostgresError) in
            try await SchemaState.read(configuration.schema) { sql throws(PostgresError) in
                try await pool.query(sql)
            }
        }
        if state.isUsable {
            schemaFits.store(true, ordering: .relaxed)
        }
        return state
    }

    /// Refuses to write before the schema was seen to fit: a table may exist whose functions are still to be made.
    ///
    /// - Throws: ``QueueError`` until ``checkSchema()`` or ``schemaState()`` has seen a usable schema.
    func requireSchema() throws(QueueError) {
        guard schemaFits.load(ordering: .relaxed) else {
            throw QueueError(kind: .unavailable, description: "the schema was not seen to fit this program yet")
        }
    }

    /// Asks for a wake-up of other processes, after a commit that brought work.
    func wakeOthers() {
        signals.requestNotification()
    }

    private func listen() async {
        await listener.withListening(to: "postroom") { signal in
            guard signal != .notification(Schedule.payload) else { return schedule.signal.raise() }
            signals.work.send()
            if signal != .notification("") {
                signals.directory.send()
                schedule.signal.raise()
            }
        }
    }

    /// Takes note of an event that was enqueued for later, and tells every process where it is the next one.
    func scheduled(dueIn delay: Duration) {
        if schedule.isNext(dueIn: delay) {
            schedule.signal.raise()
            signals.requestScheduleNotification()
        }
    }

    private func notifyOfSchedule() async {
        for await _ in signals.scheduleRequests {
            do {
                _ = try await lease.execute(ScheduleWake())
            } catch {
                // This process stores it when it is due; others look by themselves now and then.
                logger.debug("wake-up not sent", metadata: ["error": "\(error)"])
            }
        }
    }

    private func notifyOthers() async {
        for await _ in signals.notificationRequests {
            do {
                _ = try await lease.execute(Wake())
            } catch {
                // Other processes poll; a lost wake-up costs them that interval.
                logger.debug("wake-up not sent", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// Runs a statement and says its failure in the queue's terms.
func inQueueTerms<Value>(_ body: () async throws(PostgresError) -> Value) async throws(QueueError) -> Value {
    do {
        return try await body()
    } catch {
        throw QueueError(error)
    }
}

extension QueueError {
    /// A failure of the database in the queue's terms.
    init(_ error: PostgresError) {
        self.init(
            kind: error.isTransient ? .unavailable : .rejected,
            description: error.description,
            isAboutValues: error.isAboutValues
        )
    }
}

extension PostgresError {
    /// True if other values could have succeeded.
    ///
    /// One that does not fit (class 22), breaks a constraint (23) or a limit (54), meets its like in one statement (21),
    /// or can't be sent.
    fileprivate var isAboutValues: Bool {
        guard let group = sqlState?.rawValue.prefix(2) else { return kind == .encoding }
        return ["21", "22", "23", "54"].contains(group)
    }
}
