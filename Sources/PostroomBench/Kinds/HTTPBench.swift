import PostroomInbox
import PostroomWorker

/// The receiver under load over HTTP, with handlers behind it or without, against the statement alone.
struct HTTPBench: Sendable {
    let scene: BenchScene

    func run() async throws -> BenchReport {
        var report = try await scene.report(.http)
        let load = try Load(bodyBytes: scene.options.bodyBytes)
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
        let signed = try SignedLoad(load)
        return try await scene.withInbox { inbox in
            guard scene.options.handlers > 0 else {
                return try await measure(signed, store: inbox, handOff: nil, handlers: nil)
            }
            let handlers = BenchHandlers(scene.options)
            return try await scene.withWorker(inbox, handlers) { worker in
                try await scene.waitUntilReady(worker)
                let handOff = scene.options.handsOff ? worker : nil
                return try await measure(signed, store: inbox, handOff: handOff, handlers: handlers)
            }
        }
    }

    private func measure(
        _ load: SignedLoad,
        store: Inbox,
        handOff: Worker?,
        handlers: BenchHandlers?
    ) async throws -> Measured {
        try await BenchReceiver.with(scene, load, store: store, handOff: handOff) { receiver in
            try await scene.meter.measure {
                let start = ContinuousClock.now
                let childrenBefore = ProcessUsage.endedChildren
                let generator = LoadGenerator(
                    connections: scene.options.httpConnections,
                    duration: scene.options.duration,
                    port: receiver.port
                )
                let result = try await generator.run(load, progress: scene.tools.progress)
                let answers = await receiver.answers()
                let stored = answers.first { $0.name == "accepted" }?.count ?? 0
                guard stored > 0 else {
                    throw BenchFailure("the receiver stored nothing; it answered: \(answers)")
                }
                var elapsed = result.elapsed
                if let handlers {
                    elapsed = try await handlers.waitForRuns(stored * scene.options.handlers) - start
                }
                return Meter.Outcome(
                    events: stored,
                    elapsed: elapsed,
                    latencies: result.latencies,
                    generator: ProcessUsage.endedChildren - childrenBefore,
                    answers: answers + [.init(name: "none", count: result.unanswered)]
                )
            }
        }
    }
}
