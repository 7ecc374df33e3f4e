import Logging
import PostgresClient
import PostroomCore

/// The connections on which attempts run transactions of their own, made when they are first wanted.
///
/// Each serves one transaction at a time; where all are in use, attempts wait for their turn. One that failed is closed, and
/// the next transaction makes another.
actor TransactionConnections: TransactionSource {
    /// The most connections that are open at once.
    private static let most = 8

    private let configuration: PostgresConfiguration
    private let finish: String
    private let enqueue: String
    private let loop: PollLoop
    private let logger: Logger
    private var idle: [PostgresConnection] = []
    private var inUse = 0
    private var lastWaiter = 0
    private var waiters: [(number: Int, turn: CheckedContinuation<Bool, Never>)] = []
    private var isClosed = false

    init(_ inbox: InboxConfiguration, loop: PollLoop, logger: Logger) {
        var configuration = ConnectionRole.transaction.configuration(for: inbox)
        configuration.applicationName += " \(ConnectionRole.transaction.rawValue)"
        // The texts are the program's own.
        configuration.rewriteSQL = { $0 }
        self.configuration = configuration
        self.finish = inbox.schema.rewrite("SELECT postroom.finish($1)")
        self.enqueue = inbox.schema.rewrite(EnqueuedEvent.enqueueSQL)
        self.loop = loop
        self.logger = logger
    }

    /// Closes the connections when it is cancelled; transactions that still run keep theirs to their end.
    func run() async {
        let (ended, _) = AsyncStream<Never>.makeStream()
        for await _ in ended {}
        isClosed = true
        for connection in idle {
            await connection.close()
        }
        idle = []
    }

    /// Begins a transaction, on a connection that nothing else uses.
    func begin() async throws -> any OpenTransaction {
        try await takeTurn()
        do throws(PostgresError) {
            let connection = try await connection()
            do throws(PostgresError) {
                _ = try await connection.perform(PostgresRequest(text: "BEGIN"))
            } catch {
                await connection.close(within: .zero)
                throw error
            }
            return InboxTransaction(connection: connection, finish: finish, enqueue: enqueue, pool: self)
        } catch {
            endTurn()
            throw TransactionError(error)
        }
    }

    private func connection() async throws(PostgresError) -> PostgresConnection {
        while let connection = idle.popLast() {
            if await connection.isOpen {
                return connection
            }
        }
        return try await PostgresConnection.connect(configuration, on: loop, logger: logger)
    }

    /// Takes a connection back after its transaction, or closes it where its state is not known.
    func end(_ connection: PostgresConnection, isClean: Bool) async {
        endTurn()
        if isClean && !isClosed {
            idle.append(connection)
        } else {
            await connection.close(within: .zero)
        }
    }

    // MARK: - Turns

    private func takeTurn() async throws {
        guard inUse >= Self.most else {
            inUse += 1
            return
        }
        lastWaiter += 1
        let number = lastWaiter
        let isMine = await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                if Task.isCancelled {
                    turn.resume(returning: false)
                } else {
                    waiters.append((number, turn))
                }
            }
        } onCancel: {
            // unstructured: bridges a synchronous callback
            Task { await self.leave(number) }
        }
        guard isMine else { throw CancellationError() }
    }

    private func leave(_ number: Int) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: index).turn.resume(returning: false)
    }

    /// Hands the turn to the attempt that has waited longest, or gives it up.
    private func endTurn() {
        if waiters.isEmpty {
            inUse -= 1
        } else {
            waiters.removeFirst().turn.resume(returning: true)
        }
    }
}

/// A transaction on a connection of its own.
private struct InboxTransaction: OpenTransaction {
    let connection: PostgresConnection
    let finish: String
    let enqueue: String
    let pool: TransactionConnections

    func query(_ sql: String, _ parameters: [String?]) async throws -> (rows: [[String?]], changes: Int) {
        do throws(PostgresError) {
            return try await connection.perform(PostgresRequest(text: sql, parameters)).text
        } catch {
            throw TransactionError(error)
        }
    }

    func commit(finishing receipt: String, enqueueing events: [EnqueuedEvent]) async throws {
        do throws(PostgresError) {
            var request = PostgresRequest()
            request.add(text: finish, [receipt])
            for event in events.inLockOrder {
                request.add(text: enqueue, event.enqueueParameters)
            }
            request.add(text: "COMMIT")
            _ = try await connection.perform(request)
            await pool.end(connection, isClean: true)
        } catch {
            await rollback()
            throw TransactionError(error)
        }
    }

    func rollback() async {
        let isClean = (try? await connection.perform(PostgresRequest(text: "ROLLBACK"))) != nil
        await pool.end(connection, isClean: isClean)
    }
}

extension TransactionError {
    /// A failure of the database, without values.
    fileprivate init(_ error: PostgresError) {
        self.init(sqlState: error.sqlState?.rawValue, description: error.description)
    }
}
