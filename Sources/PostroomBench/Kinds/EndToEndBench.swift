/// Receiving and draining at once in one process, against storing and settling in one commit.
struct EndToEndBench: Sendable {
    let scene: BenchScene

    /// One in so many events is timed from its submission to its first handler.
    private static let timed = 64

    func run() async throws -> BenchReport {
        var report = try await scene.report(.endToEnd)
        let load = try Load(bodyBytes: scene.options.bodyBytes)
        scene.tools.progress("storing and handling at once")
        report.program = try await scene.figures("postroom", try await measure(load))
        try await scene.database.clear()
        try await scene.database.settleDown()
        scene.tools.progress("storing and settling with the statements alone")
        report.limit = try await scene.figures("limit", try await LimitRun(scene: scene, load: load).storeAndSettle())
        if scene.options.isBurdened {
            report.burdened = try await Burden(scene: scene, load: load).figures { try await measure(load) }
        }
        return report
    }

    private func measure(_ load: Load) async throws -> Measured {
        let stamps = Stamps(every: Self.timed)
        let handlers = BenchHandlers(scene.options, stamps: stamps)
        return try await scene.withInbox { inbox in
            try await scene.meter.measure {
                try await scene.withWorker(inbox, handlers) { worker in
                    try await scene.waitUntilReady(worker)
                    return try await scene.withCommitter(inbox, handOff: scene.options.handsOff ? worker : nil) {
                        committer in
                        let producer = Producer(committer: committer, load: load, limit: scene.options.events) {
                            stamps.send($0)
                        }
                        let start = ContinuousClock.now
                        let (stored, _) = try await scene.produce(with: producer)
                        let end = try await handlers.waitForRuns(stored * scene.options.handlers)
                        return Meter.Outcome(
                            events: stored,
                            elapsed: end - start,
                            latencies: stamps.latencies.percentiles
                        )
                    }
                }
            }
        }
    }
}
