import PostroomCore

extension Evidence {
    /// The life in which each worker was.
    var livesOfWorkers: [WorkerID: LifeID] {
        lives.reduce(into: [:]) { found, entry in
            for worker in entry.value.workers {
                found[worker] = entry.key
            }
        }
    }

    /// The failed attempts that nobody made: strikes.
    var strikes: [FailureRow] {
        failures.filter(\.isStrike)
    }

    /// The pairs that end the process which runs them.
    var poison: Set<Pair> {
        let deadly = handlers.filter { $0.name == ChaosHandlers.poison }
        return Set(
            sent.filter(\.isPoison).flatMap(\.ids)
                .filter { id in stored[id].map { row in deadly.contains { $0.wants(row) } } ?? false }
                .map { Pair(delivery: $0, handler: ChaosHandlers.poison) }
        )
    }
}
