import PostroomCore

/// Fills tables by SQL, faster than any client could.
struct Prefill: Sendable {
    let database: BenchDatabase
    let load: Load
    /// The number of deliveries of one batch.
    let batch: Int

    /// The number of deliveries that one statement makes: few enough that an interruption need not wait long for its end.
    private static let step = 250_000

    /// Queues deliveries that nobody has claimed.
    ///
    /// - Parameter events: The number of events.
    /// - Throws: `PostgresError`.
    func queue(_ events: Int) async throws {
        try await inSteps(events) { count in
            """
            WITH numbered AS MATERIALIZED (
                SELECT nextval('postroom.batch_id') AS id, least(\(batch), \(count) - (n - 1) * \(batch)) AS size
                FROM generate_series(1, (\(count) + \(batch) - 1) / \(batch)) AS n
            ), queued AS (
                INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count)
                SELECT id, now(), size, size * \(load.headers.wire.count + load.body.count) FROM numbered
            )
            INSERT INTO postroom.delivery
                (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
            SELECT id * 256 + place, now(), \(columns("'bench-' || (id * 256 + place)"))
            FROM numbered CROSS JOIN LATERAL generate_series(0, size - 1) AS place
            """
        }
        try await database.run("ANALYZE postroom.batch")
    }

    /// Makes what a long life leaves: settled deliveries with their keys, retries for tomorrow, dead letters.
    ///
    /// - Parameter history: The number of rows of each kind.
    /// - Throws: `PostgresError`.
    func past(_ history: BenchOptions.History) async throws {
        try await inSteps(history.deliveries) { count in
            """
            WITH numbered AS MATERIALIZED (
                SELECT nextval('postroom.batch_id') AS id FROM generate_series(1, (\(count) + 255) / 256)
            ), keys AS (
                INSERT INTO postroom.idempotency_key (key_hash, delivery_id, received_at)
                SELECT gen_random_uuid(), id * 256 + place, now()
                FROM numbered CROSS JOIN generate_series(0, 255) AS place
            )
            INSERT INTO postroom.delivery
                (id, received_at, endpoint, source, event_type, idempotency_key, headers, body)
            SELECT id * 256 + place, now(), \(columns("'old-' || (id * 256 + place)"))
            FROM numbered CROSS JOIN generate_series(0, 255) AS place
            """
        }
        try await inSteps(history.retries) { count in
            """
            INSERT INTO postroom.retry (delivery_id, handler, received_at, failed_attempts, due_at)
            SELECT nextval('postroom.batch_id') * 256, '\(BenchHandlers.name(0))', now(), 1,
                   now() + interval '1 day' + random() * interval '1 hour'
            FROM generate_series(1, \(count))
            """
        }
        try await inSteps(history.deadLetters) { count in
            """
            INSERT INTO postroom.dead_letter
                (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at,
                 reason, failed_attempts, error, fingerprint, history, headers, body)
            SELECT n * 256, '\(BenchHandlers.name(0))', d.endpoint, d.source, d.event_type, d.key, now(), now(),
                   'exhausted', 15, 'connection refused', 'f', '[]', d.headers, d.body
            FROM (SELECT nextval('postroom.batch_id') AS n FROM generate_series(1, \(count))) AS numbers
            CROSS JOIN (SELECT \(columns("'dead'"))) AS d (endpoint, source, event_type, key, headers, body)
            """
        }
        for table in ["delivery", "idempotency_key", "retry", "dead_letter"] {
            try await database.run("VACUUM (ANALYZE) postroom.\(table)")
        }
        try await database.settleDown()
    }

    private func inSteps(_ count: Int, _ sql: (Int) -> String) async throws {
        var left = count
        while left > 0 {
            try Task.checkCancellation()
            try await database.run(sql(min(left, Self.step)))
            left -= Self.step
        }
    }

    /// The values of the columns from the endpoint on.
    private func columns(_ key: String) -> String {
        let type = load.eventType.map { "'\($0)'" } ?? "NULL"
        return
            "'\(load.endpoint)', '\(load.source)', \(type), \(key), \(literal(load.headers.wire)), \(literal(load.body))"
    }

    private func literal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "'\\x\(String(decoding: text, as: UTF8.self))'::bytea"
    }
}
