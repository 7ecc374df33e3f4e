import PostroomCore

/// Sees when all is well again: what was accepted before is out of the queue, what was due before was tried, no claim is
/// with a worker that is gone, and deliveries are accepted.
///
/// Suspects run one at a time, and jobs of a key one after the other, so that one may be due and wait.
struct RecoveryWatch: Sendable {
    let servers: [ChaosServer]
    let log: SentLog
    /// True if deliveries are still sent, so that one of them should be accepted.
    let isSending = Observed(true)

    /// Waits until all is as if the fault had not been.
    ///
    /// - Returns: The time at which all was well; `nil` where that took too long.
    func recovery(since ended: Timestamp, atMost limit: Duration) async -> Timestamp? {
        let deadline = ContinuousClock.now + limit
        while !Task.isCancelled, .now < deadline {
            let isAccepting = !isSending.current || log.lastAccepted.map { $0 > ended } ?? false
            if isAccepting, await isSettled(since: ended) {
                return .now
            }
            // The database tells nobody that a queue is empty.
            try? await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    /// Waits until nothing is owed any more.
    ///
    /// - Returns: A description of the rest when the wait ended, or `nil`.
    func drain(atMost limit: Duration) async -> String? {
        let deadline = ContinuousClock.now + limit
        var left = "nobody knows what: the database did not answer"
        while !Task.isCancelled, .now < deadline {
            if let rows = try? await servers.query({ Self.owed($0.schema) }) {
                left =
                    rows.map { row in
                        zip(["batches", "retries", "replays"], row).map { "\($1 ?? "?") \($0)" }.joined(separator: ", ")
                    }
                    .joined(separator: "; ")
                if rows.joined().allSatisfy({ $0 == "0" }) {
                    return nil
                }
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return left
    }

    private func isSettled(since ended: Timestamp) async -> Bool {
        let moment = SQLMoment.expression(ended)
        let rows = try? await servers.query { database in
            """
            SELECT NOT EXISTS (SELECT FROM \(database.schema).batch WHERE received_at <= \(moment))
               AND NOT EXISTS (
                   SELECT FROM \(database.schema).retry r WHERE r.worker IS NOT NULL AND NOT EXISTS (
                       SELECT FROM \(database.schema).worker w WHERE w.id = r.worker AND w.heartbeat_at > \(moment)))
               AND NOT EXISTS (
                   SELECT FROM \(database.schema).retry r JOIN \(database.schema).handler h
                       ON h.name = r.handler AND h.paused_at IS NULL AND h.removed_at IS NULL
                   WHERE r.worker IS NULL AND r.deaths < 2 AND NOT r.is_behind AND r.due_at <= \(moment))
            """
        }
        return rows?.allSatisfy { $0.first == "t" } ?? false
    }

    private static func owed(_ schema: String) -> String {
        """
        SELECT (SELECT count(*) FROM \(schema).batch), (SELECT count(*) FROM \(schema).retry),
               (SELECT count(*) FROM \(schema).replay WHERE state = 'running')
        """
    }
}
