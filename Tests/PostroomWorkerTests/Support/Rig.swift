import Logging
import PostroomCore
import PostroomWorker
import TestSupport
import Testing

/// A worker with an inbox in memory and a clock that stands still, in which each test is told.
struct Rig: Sendable {
    let clock: TestClock
    let inbox: InMemoryInbox
    let queue: UnreliableQueue
    let metrics: MetricsLog
    let worker: Worker

    init(
        clock: TestClock = TestClock(),
        inbox: InMemoryInbox? = nil,
        random: WorkerRandom = .system,
        traces: Traces? = nil,
        configure: (inout WorkerConfiguration) -> Void = { _ in },
        handlers register: (inout HandlerRegistry) -> Void
    ) {
        var configuration = WorkerConfiguration(label: "test")
        configure(&configuration)
        var registry = HandlerRegistry()
        register(&registry)
        let inbox = inbox ?? InMemoryInbox { clock.timestamp }
        let queue = UnreliableQueue(inbox)
        let metrics = MetricsLog()
        self.clock = clock
        self.inbox = inbox
        self.queue = queue
        self.metrics = metrics
        self.worker = Worker(
            configuration: configuration,
            handlers: registry,
            rules: { PlainRules(source: $0) },
            queue: queue,
            metrics: metrics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock.workerClock,
            random: random,
            traces: traces
        )
    }

    /// Runs the worker while the test goes on, then ends it and lets time pass until it has.
    func run(_ test: (Rig) async throws -> Void) async throws {
        try await supervise { _, _ in
            try await until("registered") { identity != nil }
            try await test(self)
        }
    }

    /// Runs the worker, and lets time pass until it has ended, also where the test fails.
    ///
    /// - Parameter test: The work meanwhile; it can tell the worker to stop, and see that it has ended.
    /// - Returns: The value of the test.
    /// - Throws: The error of the test.
    func supervise<Value>(
        _ test: (_ stop: () -> Void, _ ended: Gate) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let ended = Gate()
            group.addTask {
                defer { ended.open() }
                try await worker.run()
            }
            let result: Result<Value, any Error>
            do {
                result = .success(try await test({ group.cancelAll() }, ended))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            while !ended.isOpen {
                clock.advance(by: .milliseconds(500))
                await pause()
            }
            return try result.get()
        }
    }

    /// The worker's identity now.
    var identity: WorkerID? {
        guard let identity = worker.reserve(.small(0)) else { return nil }
        worker.accept([], for: identity, reserved: .small(0))
        return identity
    }

    /// Waits until something holds.
    ///
    /// - Parameters:
    ///   - what: The condition in words.
    ///   - step: The time that passes between two looks.
    ///   - condition: The condition; true where it holds.
    /// - Throws: ``WaitedInVain`` after three minutes of real time: the machine may be busy.
    func until(
        _ what: String,
        advancing step: Duration = .zero,
        _ condition: () async throws -> Bool
    ) async throws {
        let start = ContinuousClock.now
        while try await !condition() {
            if ContinuousClock.now - start > .seconds(180) {
                Issue.record("waited in vain: \(what)")
                throw WaitedInVain(what: what)
            }
            if step > .zero {
                clock.advance(by: step)
            }
            await pause()
        }
    }

    /// Waits until nothing is owed any more.
    func untilDone(advancing step: Duration = .zero) async throws {
        try await until("everything settled", advancing: step) {
            let batches = await inbox.batches()
            let retries = await inbox.retries()
            return batches.isEmpty && retries.isEmpty
        }
    }

    /// Lets time pass in small steps.
    func pass(_ duration: Duration) async {
        var left = duration
        while left > .zero {
            clock.advance(by: min(left, .milliseconds(100)))
            left -= .milliseconds(100)
            await pause()
        }
    }

    /// Lets the other tasks run.
    func pause() async {
        for _ in 0..<50 {
            await Task.yield()
        }
    }

    @discardableResult
    func post(_ keys: String..., type: String? = "thing", for worker: WorkerID? = nil) async throws -> IntakeResult {
        try await post(keys, type: type, for: worker)
    }

    /// Commits requests whose bodies are their keys.
    @discardableResult
    func post(
        _ keys: [String],
        type: String? = "thing",
        headers: Headers = Headers(),
        for worker: WorkerID? = nil
    ) async throws -> IntakeResult {
        let requests = keys.map { key in
            IncomingDelivery(
                endpoint: "orders",
                source: .bearer,
                identity: DeliveryIdentity(eventType: type, idempotencyKey: key),
                headers: headers,
                body: Array(key.utf8)
            )
        }
        return try await inbox.store(requests, claimedBy: worker)
    }
}

struct WaitedInVain: Error {
    let what: String
}
