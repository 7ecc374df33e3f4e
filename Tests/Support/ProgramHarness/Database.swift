import TestSupport

/// A database as a person with psql sees it.
package struct Database: Sendable {
    package let connectionString: String

    /// Names a database.
    package init(connectionString: String) {
        self.connectionString = connectionString
    }

    /// Runs one statement over a connection of its own, and returns the rows as text.
    @discardableResult
    package func query(_ sql: String) async throws -> [[String?]] {
        try await AdHocQuery.run(sql, on: connectionString)
    }

    /// The one integer that a statement returns.
    package func count(_ sql: String) async throws -> Int {
        guard let text = try await query(sql).first?.first.flatMap(\.self), let number = Int(text) else {
            throw Unexpected("no integer came of: \(sql)")
        }
        return number
    }

    /// Waits until a worker has registered, from when on its handlers get what is accepted.
    package func waitForWorkers(_ count: Int = 1) async throws {
        try await eventually("fewer than \(count) workers are registered") {
            try await self.count("SELECT count(*) FROM postroom.worker") >= count
        }
    }

    /// Waits until nothing waits, runs or is owed.
    package func waitUntilDrained(within limit: Duration = .seconds(90)) async throws {
        try await eventually("the inbox is not drained", within: limit) {
            try await count("SELECT (SELECT count(*) FROM postroom.batch) + (SELECT count(*) FROM postroom.retry)") == 0
        }
    }

    /// The pairs that the database says were handled, once for each time.
    package func handledPairs() async throws -> [Pair] {
        try await pairs("SELECT delivery_id, handler FROM postroom.handled_run")
    }

    /// The pairs that are dead letters.
    package func deadPairs() async throws -> [Pair] {
        try await pairs("SELECT delivery_id, handler FROM postroom.dead_letter")
    }

    /// The deliveries by their idempotency keys.
    package func deliveries() async throws -> [String: Int64] {
        try await query("SELECT idempotency_key, id FROM postroom.delivery")
            .reduce(into: [:]) { deliveries, row in
                if let key = row[0], let id = row[1].flatMap({ Int64($0) }) {
                    deliveries[key] = id
                }
            }
    }

    private func pairs(_ sql: String) async throws -> [Pair] {
        try await query(sql)
            .map { row in
                guard let delivery = row[0].flatMap({ Int64($0) }), let handler = row[1] else {
                    throw Unexpected("a pair without names")
                }
                return Pair(delivery: delivery, handler: handler)
            }
    }
}

/// A delivery and a handler.
package struct Pair: Hashable, Sendable {
    package let delivery: Int64
    package let handler: String

    /// Names a pair.
    package init(delivery: Int64, handler: String) {
        self.delivery = delivery
        self.handler = handler
    }
}
