/// Group commits from an in-process producer, against the statement alone.
struct IngestBench: Sendable {
    let scene: BenchScene

    func run() async throws -> BenchReport {
        var report = try await scene.report(.ingest)
        let load = try Load(bodyBytes: scene.options.bodyBytes)
        scene.tools.progress("storing through the group commit")
        report.program = try await scene.figures("postroom", try await measure(load))
        try await scene.database.clear()
        try await scene.database.settleDown()
        scene.tools.progress("storing with the statement alone")
        report.limit = try await scene.figures("limit", try await LimitRun(scene: scene, load: load).store())
        if scene.options.isBurdened {
            report.burdened = try await Burden(scene: scene, load: load).figures { try await measure(load) }
        }
        return report
    }

    private func measure(_ load: Load) async throws -> Measured {
        try await scene.withInbox { inbox in
            try await scene.withCommitter(inbox, handOff: nil) { committer in
                let producer = Producer(committer: committer, load: load, limit: scene.options.events)
                return try await scene.meter.measure {
                    let start = ContinuousClock.now
                    let (stored, end) = try await scene.produce(with: producer)
                    return Meter.Outcome(
                        events: stored,
                        elapsed: end - start,
                        latencies: producer.latencies.percentiles
                    )
                }
            }
        }
    }
}
