import PostgresClient
import PostroomCore
import PostroomInbox
import Synchronization

/// The statements of the hot path alone, on a few connections at once.
struct LimitRun: Sendable {
    let scene: BenchScene
    let load: Load

    /// The number of batches that one claim takes.
    private static let batchesPerClaim = 4

    /// Stores deliveries and leaves them there.
    func store() async throws -> Measured {
        try await measure { statements, template, claimed in
            guard claimed.take() else { return 0 }
            try await statements.store(template)
            return template.count
        }
    }

    /// Stores one delivery after the other on one connection.
    func storeSingly(_ count: Int) async throws -> Measured {
        let latencies = LatencyRecorder()
        let single = template(1)
        return try await scene.meter.measure {
            try await withStatements(connections: 1) { all in
                let start = ContinuousClock.now
                for _ in 0..<count {
                    let sent = ContinuousClock.now
                    try await all[0].store(single)
                    latencies.record([ContinuousClock.now - sent])
                    // As idle as in the program's own run.
                    try await Task.sleep(for: LatencyBench.pause)
                }
                return Meter.Outcome(
                    events: count,
                    elapsed: ContinuousClock.now - start,
                    latencies: latencies.percentiles
                )
            }
        }
    }

    /// Stores deliveries claimed, and settles those before in the same commit.
    func storeAndSettle() async throws -> Measured {
        let last = Mutex<[ObjectIdentifier: [Int64]]>([:])
        return try await measure { statements, template, claimed in
            let key = ObjectIdentifier(statements)
            let before = last.withLock { $0[key] ?? [] }
            guard claimed.take() else { return 0 }
            let batches = try await statements.store(template, settling: before)
            last.withLock { $0[key] = batches }
            return template.count
        }
    }

    /// Claims and settles until nothing is left.
    func drain() async throws -> Measured {
        let state = Mutex<[ObjectIdentifier: (held: [Int64], cursor: Int64)]>([:])
        return try await measure { statements, _, _ in
            let key = ObjectIdentifier(statements)
            let (held, cursor) = state.withLock { $0[key] ?? ([], 0) }
            let claimed = try await statements.claim(Self.batchesPerClaim, from: cursor, settling: held)
            let next = claimed.batches.last ?? cursor
            state.withLock { $0[key] = (claimed.batches, next) }
            return claimed.deliveries
        }
    }

    /// The work that may still be begun.
    final class Allowance: Sendable {
        private let left: Atomic<Int>
        private let deadline: ContinuousClock.Instant

        init(rounds: Int?, until deadline: ContinuousClock.Instant) {
            left = Atomic(rounds ?? .max)
            self.deadline = deadline
        }

        /// Returns whether one more round may begin.
        func take() -> Bool {
            left.subtract(1, ordering: .relaxed).newValue >= 0 && ContinuousClock.now < deadline
        }
    }

    /// Repeats a round on every connection until it returns 0.
    private func measure(
        _ round: @escaping @Sendable (BareStatements, BareStatements.Template, Allowance) async throws -> Int
    ) async throws -> Measured {
        let template = template(scene.options.batch)
        let rounds = scene.options.events.map { ($0 + template.count - 1) / template.count }
        return try await withStatements(connections: scene.options.limitConnections) { all in
            try await scene.meter.measure {
                let start = ContinuousClock.now
                let deadline = start + (rounds == nil ? scene.options.duration : .seconds(3600))
                let allowance = Allowance(rounds: rounds, until: deadline)
                let events = try await withThrowingTaskGroup(of: Int.self) { group in
                    for statements in all {
                        group.addTask {
                            var events = 0
                            while case let count = try await round(statements, template, allowance), count > 0 {
                                events += count
                                try Task.checkCancellation()
                            }
                            return events
                        }
                    }
                    return try await group.reduce(0, +)
                }
                return Meter.Outcome(events: events, elapsed: ContinuousClock.now - start)
            }
        }
    }

    private func template(_ count: Int) -> BareStatements.Template {
        BareStatements.Template(
            count: count,
            endpoint: load.endpoint.rawValue,
            source: load.source.rawValue,
            eventType: load.eventType,
            key: "limit-000000",
            headers: load.headers.wire,
            body: load.body
        )
    }

    private func withStatements<Value>(
        connections: Int,
        _ body: ([BareStatements]) async throws -> Value
    ) async throws -> Value {
        let loop = PollLoop(name: "bench-limit")
        var all: [BareStatements] = []
        let result: Result<Value, any Error>
        do {
            for _ in 0..<connections {
                all.append(
                    try await BareStatements.connect(
                        scene.database.inbox,
                        deliveries: scene.options.batch,
                        handlers: scene.options.handlers,
                        loop: loop,
                        logger: scene.tools.logger
                    )
                )
            }
            result = .success(try await body(all))
        } catch {
            result = .failure(error)
        }
        for statements in all {
            await statements.close()
        }
        await loop.stop()
        return try result.get()
    }
}
