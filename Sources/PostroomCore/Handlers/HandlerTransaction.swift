/// A transaction in the inbox's database, in which an attempt has its effect and ends its job.
///
/// ``HandlerContext/transaction(_:)`` opens it. Names are looked up by the search path of the program's role, so that tables
/// of the program need no schema. It must not be used after the closure that it was given to has returned.
public struct HandlerTransaction: Sendable {
    private let open: any OpenTransaction

    package init(_ open: any OpenTransaction) {
        self.open = open
    }

    /// Runs one statement and reads its rows.
    ///
    /// - Parameters:
    ///   - sql: The statement, with its parameters as `$1`, `$2` and so on; cast those whose type Postgres can't tell.
    ///   - parameters: The values in Postgres' text form; `nil` is NULL.
    /// - Returns: The rows, with each value in Postgres' text form; `nil` is NULL.
    /// - Throws: ``TransactionError``, after which the transaction can only be rolled back, and `CancellationError`.
    @discardableResult
    public func query(_ sql: String, _ parameters: [String?] = []) async throws -> [[String?]] {
        try Task.checkCancellation()
        return try await open.query(sql, parameters).rows
    }

    /// Runs one statement and counts the rows that it changed.
    ///
    /// - Parameters:
    ///   - sql: The statement, with its parameters as `$1`, `$2` and so on; cast those whose type Postgres can't tell.
    ///   - parameters: The values in Postgres' text form; `nil` is NULL.
    /// - Returns: The number of rows that it inserted, updated, deleted or read.
    /// - Throws: ``TransactionError``, after which the transaction can only be rolled back, and `CancellationError`.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [String?] = []) async throws -> Int {
        try Task.checkCancellation()
        return try await open.query(sql, parameters).changes
    }
}

/// A failure of a transaction in the inbox's database, or of the way to it.
public struct TransactionError: Error, Hashable, CustomStringConvertible {
    /// The server's code: `PR001` where the claim of the job is lost, `PR002` where an earlier attempt has finished it,
    /// any other of Postgres, or `nil` where it gave none.
    public let sqlState: String?
    /// The failure in words, without values.
    public let description: String

    /// Describes a failure.
    public init(sqlState: String? = nil, description: String) {
        self.sqlState = sqlState
        self.description = description
    }
}

/// A source of transactions in the inbox's database.
package protocol TransactionSource: Sendable {
    /// Begins a transaction on a connection that nothing else uses.
    ///
    /// - Throws: ``TransactionError``, and `CancellationError` where the wait for a connection is cancelled.
    func begin() async throws -> any OpenTransaction
}

/// A transaction that was begun.
///
/// It ends with exactly one call of ``commit(finishing:enqueueing:)`` or ``rollback()``.
package protocol OpenTransaction: Sendable {
    /// Runs one statement.
    ///
    /// - Throws: ``TransactionError``.
    func query(_ sql: String, _ parameters: [String?]) async throws -> (rows: [[String?]], changes: Int)
    /// Enqueues events, ends the job of a receipt and commits; rolls back where that fails.
    ///
    /// - Throws: ``TransactionError``. Where the connection was lost, it may have been committed even so: the next attempt
    ///   is told.
    func commit(finishing receipt: String, enqueueing events: [EnqueuedEvent]) async throws
    /// Takes everything back.
    func rollback() async
}

extension HandlerContext {
    /// The receipt for this attempt's job, which `SELECT postroom.finish($1)` takes inside a transaction of any client.
    ///
    /// That ends the job together with the transaction: its effects are committed if the job was still this attempt's, and
    /// taken back by an error if not. The text is opaque.
    ///
    /// - Throws: ``TransactionError`` where the handler is not declared as transactional, or the attempt is a trial.
    public var receipt: String {
        get throws {
            guard let job else {
                throw TransactionError(
                    description:
                        "handler '\(handler)' has no receipt here: declare it with isTransactional: true, and run it "
                        + "by a worker"
                )
            }
            return job.text
        }
    }

    /// Runs statements in a transaction of the inbox's database that ends this attempt's job with it.
    ///
    /// The transaction is committed when the closure returns, and taken back when it throws or when the claim is lost. What
    /// it wrote is there exactly once, whatever dies on the way: an attempt after a commit whose reply was lost is not run.
    /// Events that the attempt enqueued before the end of the closure are committed with it.
    ///
    /// - Parameter body: The work. Everything that it does outside the transaction happens at least once.
    /// - Returns: The closure's value.
    /// - Throws: The error of the closure; ``TransactionError`` where the handler is not declared as transactional, no
    ///   connection could be made, or the transaction could not be committed; `CancellationError`.
    public func transaction<Value: Sendable>(
        _ body: (HandlerTransaction) async throws -> Value
    ) async throws -> Value {
        let receipt = try receipt
        guard let transactions else {
            throw TransactionError(description: "this inbox has no transactions")
        }
        let open = try await transactions.begin()
        let value: Value
        do {
            value = try await body(HandlerTransaction(open))
            try Task.checkCancellation()
        } catch {
            await open.rollback()
            throw error
        }
        // What the attempt enqueued so far is committed here: a death after this would lose it otherwise.
        let events = (try? ticket.with { $0.takeFollowUps() }) ?? []
        try await open.commit(finishing: receipt, enqueueing: events)
        return value
    }
}
