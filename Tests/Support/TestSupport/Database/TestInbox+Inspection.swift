import PostgresClient
package import PostroomCore
import PostroomInbox

extension TestInbox: InboxInspection {
    /// Reads the table `batch`.
    package func batches() async throws -> [BatchView] {
        try await query("SELECT shard, id, worker FROM postroom.batch")
            .map { row in
                let key = BatchKey(shard: try row.number(0), id: BatchID(rawValue: try row.number(1)))
                return BatchView(key: key, holder: try row.worker(2))
            }
    }

    /// Reads the table `retry`.
    package func retries() async throws -> [RetryView] {
        let rows = try await query(
            """
            SELECT shard, delivery_id, handler, failed_attempts, forgiven_attempts, due_at <= now(), worker
            FROM postroom.retry
            """
        )
        return try rows.map { row in
            RetryView(
                key: try row.pair(),
                failedAttempts: try row.number(3),
                attemptsBeforeReplay: try row.number(4),
                isDue: row[5] == "t",
                holder: try row.worker(6)
            )
        }
    }

    /// Reads the table `dead_letter`.
    package func deadLetters() async throws -> [DeadLetterView] {
        let rows = try await query(
            "SELECT shard, delivery_id, handler, reason, failed_attempts, error FROM postroom.dead_letter"
        )
        return try rows.map { row in
            guard let reason = DeathReason(rawValue: try row.text(3)) else { throw UnreadableRow() }
            return DeadLetterView(
                key: try row.pair(),
                reason: reason,
                failedAttempts: try row.number(4),
                error: try row.text(5)
            )
        }
    }

    /// Reads the view `handled_run`.
    package func handledPairs() async throws -> [PairView] {
        try await query("SELECT delivery_id, handler FROM postroom.handled_run")
            .map { row in
                let delivery = DeliveryID(rawValue: try row.number(0))
                return PairView(delivery: delivery, handler: HandlerName(rawValue: try row.text(1)))
            }
    }

    /// Pauses a handler as a person with psql would.
    package func pause(_ handler: HandlerName) async throws {
        try await query("SELECT postroom.pause_handler('\(handler)')")
    }

    /// Resumes a handler as a person with psql would.
    package func resume(_ handler: HandlerName) async throws {
        try await query("SELECT postroom.resume_handler('\(handler)')")
    }

    /// Moves times in the tables, and makes the server look old.
    package func letTimePass(_ duration: Duration) async throws {
        let passed = "make_interval(secs => \(duration.microseconds) / 1000000.0)"
        try await query("UPDATE postroom.worker SET heartbeat_at = heartbeat_at - \(passed)")
        try await query("UPDATE postroom.retry SET due_at = due_at - \(passed)")
        inbox.forgetPlaces()
        // The server of the tests has just started, and nobody counts as silent for longer than that.
        try await query(
            """
            CREATE OR REPLACE FUNCTION postroom.server_started_at() RETURNS timestamptz
            LANGUAGE sql STABLE RETURN '-infinity'::timestamptz
            """
        )
    }
}

/// A row that does not have the form that its query gives it.
struct UnreadableRow: Error {}

extension [String?] {
    fileprivate func text(_ column: Int) throws -> String {
        guard let text = self[column] else { throw UnreadableRow() }
        return text
    }

    fileprivate func number<Number: FixedWidthInteger>(_ column: Int) throws -> Number {
        guard let number = Number(try text(column)) else { throw UnreadableRow() }
        return number
    }

    fileprivate func worker(_ column: Int) throws -> WorkerID? {
        self[column] == nil ? nil : WorkerID(rawValue: try number(column))
    }

    /// The pair that the first three columns name.
    fileprivate func pair() throws -> RetryKey {
        RetryKey(
            shard: try number(0),
            delivery: DeliveryID(rawValue: try number(1)),
            handler: HandlerName(rawValue: try text(2))
        )
    }
}
