/// The condition under which a run is repeated: a long history, or an old snapshot with traffic in its time.
struct Burden: Sendable {
    let scene: BenchScene
    let load: Load

    /// Puts the burden on, runs a body, and takes the burden off.
    ///
    /// - Parameter body: A measured run.
    /// - Returns: Its figures.
    /// - Throws: The body's error, or the reason for which the burden could not be put on.
    func figures(_ body: () async throws -> Measured) async throws -> RunFigures {
        try await scene.database.clear()
        if !scene.options.history.isEmpty {
            scene.tools.progress("making a history")
            try await Prefill(database: scene.database, load: load, batch: scene.options.batch)
                .past(scene.options.history)
        }
        guard let snapshot = scene.options.oldSnapshot else {
            return try await scene.figures("burdened", try await body())
        }
        return try await SnapshotHolder.with(scene.database, scene.tools) {
            scene.tools.progress("holding a snapshot for \(snapshot.age), with \(snapshot.rate) events/s")
            try await churn(snapshot)
            return try await scene.figures("burdened", try await body())
        }
    }

    /// Lets events through at a steady rate, through the database: claimed and settled rows are what dies.
    private func churn(_ snapshot: BenchOptions.OldSnapshot) async throws {
        let handlers = BenchHandlers(scene.options)
        try await scene.withInbox { inbox in
            try await scene.withWorker(inbox, handlers) { worker in
                try await scene.waitUntilReady(worker)
                try await scene.withCommitter(inbox, handOff: nil) { committer in
                    let producer = Producer(committer: committer, load: load, limit: nil, isClosedLoop: false)
                    try await producer.submit(snapshot.rate, aSecondFor: snapshot.age)
                    let (stored, _) = try await producer.drained()
                    _ = try await handlers.waitForRuns(stored * scene.options.handlers)
                }
            }
        }
    }
}
