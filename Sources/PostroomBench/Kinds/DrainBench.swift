/// A prefilled inbox through the worker, against claim and settle alone, and against handlers that ask for more.
struct DrainBench: Sendable {
    let scene: BenchScene

    /// The number of events of a run, unless told: some ten seconds of the target's rate.
    private static let events = 600_000

    func run() async throws -> BenchReport {
        var report = try await scene.report(.drain)
        let load = try Load(bodyBytes: scene.options.bodyBytes)
        try await scene.recordHandlers()
        try await prefill(load)
        scene.tools.progress("draining with the worker")
        report.program = try await scene.figures("postroom", try await measure(scene.options.plain))
        try await scene.database.clear()
        try await prefill(load)
        scene.tools.progress("draining with the statements alone")
        report.limit = try await scene.figures("limit", try await LimitRun(scene: scene, load: load).drain())
        if scene.options.isBurdened {
            report.burdened = try await Burden(scene: scene, load: load)
                .figures {
                    try await prefill(load)
                    scene.tools.progress("draining with the worker again")
                    return try await measure(scene.options.plain)
                }
        }
        if scene.options.asking != BenchOptions.Asking() {
            try await scene.database.clear()
            try await prefill(load)
            scene.tools.progress("draining with handlers that ask for more")
            report.asking = try await scene.figures("asking", try await measure(scene.options))
        }
        return report
    }

    private var events: Int {
        scene.options.events ?? Self.events
    }

    private func prefill(_ load: Load) async throws {
        scene.tools.progress("queueing \(events) events")
        try await Prefill(database: scene.database, load: load, batch: scene.options.batch).queue(events)
        try await scene.database.settleDown()
    }

    private func measure(_ options: BenchOptions) async throws -> Measured {
        try await scene.withInbox { inbox in
            let handlers = BenchHandlers(options)
            return try await scene.meter.measure {
                let start = ContinuousClock.now
                let end = try await scene.withWorker(inbox, handlers) { _ in
                    try await handlers.waitForRuns(events * scene.options.handlers)
                }
                return Meter.Outcome(events: events, elapsed: end - start)
            }
        }
    }
}
