import ProgramHarness

extension Scene {
    /// How long after their commits the deliveries whose keys begin so were run by a handler, the shortest first.
    func latencies(of handler: String, keysLike pattern: String = "%") async throws -> [Duration] {
        let rows = try await database.query(
            """
            SELECT id, (extract(epoch FROM received_at) * 1000000)::bigint FROM postroom.delivery
            WHERE idempotency_key LIKE '\(pattern)'
            """
        )
        var received: [Int64: Int64] = [:]
        for row in rows {
            if let id = row[0].flatMap({ Int64($0) }) {
                received[id] = row[1].flatMap { Int64($0) }
            }
        }
        return journal.endings.filter { $0.pair.handler == handler }
            .compactMap { ending in received[ending.pair.delivery].map { .microseconds(ending.microseconds - $0) } }
            .sorted()
    }
}
