import PostroomInbox
import PostroomWorker

/// From a request to the start of its handler on an idle system, against the statement alone.
struct LatencyBench: Sendable {
    let scene: BenchScene

    /// The time that the system is idle between two requests.
    static let pause: Duration = .milliseconds(2)
    /// The number of requests of a run, unless told.
    private static let requests = 2000
    /// The number of requests before, which warm connections, plans and caches.
    private static let warmUp = 50

    func run() async throws -> BenchReport {
        var report = try await scene.report(.latency)
        let load = try Load(bodyBytes: scene.options.bodyBytes)
        let count = scene.options.events ?? Self.requests
        scene.tools.progress("sending \(count) requests, one after the other")
        report.program = try await scene.figures("postroom", try await measure(load, count))
        try await scene.database.clear()
        try await scene.database.settleDown()
        scene.tools.progress("storing as many with the statement alone")
        let limit = LimitRun(scene: scene, load: load)
        report.limit = try await scene.figures("limit", try await limit.storeSingly(count))
        if scene.options.isBurdened {
            report.burdened = try await Burden(scene: scene, load: load).figures { try await measure(load, count) }
        }
        return report
    }

    private func measure(_ load: Load, _ count: Int) async throws -> Measured {
        try await scene.withInbox { inbox in
            guard !scene.options.handsOff else { return try await measure(load, count, store: inbox, queue: inbox) }
            // Two inboxes share nothing but the database, as in two processes.
            return try await scene.withInbox { try await measure(load, count, store: inbox, queue: $0) }
        }
    }

    private func measure(_ load: Load, _ count: Int, store: Inbox, queue: Inbox) async throws -> Measured {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Int.self)
        let stamps = Stamps(every: 1) { arrived.yield($0) }
        let signed = try SignedLoad(load)
        return try await scene.withWorker(queue, BenchHandlers(scene.options, stamps: stamps)) { worker in
            try await scene.waitUntilReady(worker)
            let handOff = scene.options.handsOff ? worker : nil
            return try await BenchReceiver.with(scene, signed, store: store, handOff: handOff) { receiver in
                let requests = Requests(load: load, signed: signed, stamps: stamps, arrivals: arrivals)
                try await requests.send(Self.warmUp, to: receiver.port)
                stamps.latencies.reset()
                return try await scene.meter.measure {
                    let start = ContinuousClock.now
                    try await requests.send(count, to: receiver.port)
                    return Meter.Outcome(
                        events: count,
                        elapsed: ContinuousClock.now - start,
                        latencies: stamps.latencies.percentiles
                    )
                }
            }
        }
    }

    /// Requests that are sent when the one before has been handled.
    private struct Requests: Sendable {
        let load: Load
        let signed: SignedLoad
        let stamps: Stamps
        let arrivals: AsyncStream<Int>

        func send(_ count: Int, to port: Int) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await exchange(count, with: port) }
                group.addTask {
                    try await Task.sleep(for: .seconds(60) + LatencyBench.pause * 10 * count)
                    throw BenchFailure("a delivery was not handled; see the log")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }

        private func exchange(_ count: Int, with port: Int) async throws {
            try await LoopbackClient.with(port: port) { client in
                var arrived = arrivals.makeAsyncIterator()
                for _ in 0..<count {
                    let numbers = load.numbers(1)
                    let request = signed.request(numbers.lowerBound)
                    stamps.send(numbers)
                    try await client.post(request)
                    guard await arrived.next(isolation: nil) != nil else { throw CancellationError() }
                    try await Task.sleep(for: LatencyBench.pause)
                }
            }
        }
    }
}
