import Synchronization

/// The wait of a source, computed anew on every turn of the loop.
struct PollInterest {
    /// The socket.
    var descriptor: Int32
    /// The events to wait for.
    var events: PollEvents
    /// The time at which the source is to be called even if nothing happened.
    var deadline: ContinuousClock.Instant?
}

/// An object with a socket that a ``PollLoop`` serves.
///
/// All calls come on the loop's thread.
protocol PollSource: AnyObject, Sendable {
    /// Says what to wait for in this turn.
    func pollInterest() -> PollInterest

    /// Takes note that the socket is ready, or that the deadline has passed.
    ///
    /// - Parameters:
    ///   - events: The socket's readiness, empty where only the deadline has passed.
    ///   - now: The time of this turn.
    func polled(_ events: PollEvents, now: ContinuousClock.Instant)

    /// Ends and leaves the loop, which stops.
    func loopStops()
}

/// A thread that runs the actors pinned to it, and idles in `poll(2)` over their sockets.
///
/// One loop serves all connections of a process. Nothing on it blocks. Its sources say anew on every turn what to wait
/// for, so there is no registration that could go stale.
package final class PollLoop: SerialExecutor {
    private struct Shared {
        var jobs: [UnownedJob] = []
        var isAsleep = false
        var isRunning = false
        var isStopping = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The state that only the loop's thread touches.
    private final class LoopState {
        var sources: [ObjectIdentifier: any PollSource] = [:]
        var jobs: [UnownedJob] = []
        var polled: [any PollSource] = []
        var descriptors = PollSet()
    }

    private let shared = Mutex(Shared())
    private let thread = Atomic<UInt>(0)
    private let wakeup = Wakeup()
    private let name: String
    /// Safe because only the loop's thread reads it: ``turn()`` runs there, the rest checks with ``checkIsolated()``.
    nonisolated(unsafe) private let loopState = LoopState()

    /// Makes a loop; its thread starts with the first job.
    ///
    /// - Parameter name: The thread's name, at most 15 bytes.
    package init(name: String = "postgres-loop") {
        self.name = name
    }

    /// Ends every connection of the loop, runs the jobs that are left, and ends the thread.
    ///
    /// Connections that are still open fail their callers. Jobs that come later are still run.
    package func stop() async {
        await withCheckedContinuation { continuation in
            schedule { shared in
                shared.isStopping = true
                shared.stopWaiters.append(continuation)
            }
        }
    }

    /// Runs a job of an actor on the loop's thread.
    ///
    /// - Parameter job: The job.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        schedule { $0.jobs.append(job) }
    }

    /// Tells whether the caller runs on the loop's thread.
    ///
    /// - Returns: `true` on the loop's thread.
    package func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == System.currentThread
    }

    /// Stops the program when the caller does not run on the loop's thread.
    package func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the poll loop's thread")
    }

    /// Serves a source from the next turn on.
    ///
    /// Only on the loop's thread.
    func add(_ source: any PollSource) {
        checkIsolated()
        loopState.sources[ObjectIdentifier(source)] = source
    }

    /// Serves a source no longer.
    ///
    /// Only on the loop's thread.
    func remove(_ source: any PollSource) {
        checkIsolated()
        loopState.sources[ObjectIdentifier(source)] = nil
    }

    private func schedule(_ change: (inout sending Shared) -> Void) {
        let (wakes, starts) = shared.withLock { shared in
            change(&shared)
            let result = (shared.isAsleep, !shared.isRunning)
            shared.isAsleep = false
            shared.isRunning = true
            return result
        }
        if starts {
            let error = NativeThread.start(named: name) { self.run() }
            precondition(error == 0, "no thread to be had for the poll loop: error \(error)")
        } else if wakes {
            wakeup.signal()
        }
    }

    private func run() {
        thread.store(System.currentThread, ordering: .relaxed)
        while turn() {}
    }

    /// Runs the jobs that have come, then waits.
    ///
    /// - Returns: `false` when the loop was stopped and nothing is left to do.
    private func turn() -> Bool {
        let isStopping = shared.withLock { shared in
            swap(&shared.jobs, &loopState.jobs)
            return shared.isStopping
        }
        let executor = asUnownedSerialExecutor()
        for job in loopState.jobs {
            job.runSynchronously(on: executor)
        }
        loopState.jobs.removeAll(keepingCapacity: true)
        if isStopping {
            for source in loopState.sources.values { source.loopStops() }
            return !hasEnded()
        }
        wait()
        return true
    }

    private func hasEnded() -> Bool {
        let waiters: [CheckedContinuation<Void, Never>]? = shared.withLock { shared in
            guard shared.jobs.isEmpty else { return nil }
            thread.store(0, ordering: .relaxed)
            shared.isRunning = false
            defer { shared.stopWaiters = [] }
            return shared.stopWaiters
        }
        guard let waiters else { return false }
        for waiter in waiters { waiter.resume() }
        return true
    }

    private func wait() {
        var deadline: ContinuousClock.Instant?
        loopState.polled.removeAll(keepingCapacity: true)
        loopState.descriptors.removeAll()
        loopState.descriptors.append(wakeup.descriptor, .readable)
        for source in loopState.sources.values {
            let interest = source.pollInterest()
            loopState.polled.append(source)
            loopState.descriptors.append(interest.descriptor, interest.events)
            if let its = interest.deadline { deadline = min(its, deadline ?? its) }
        }
        let mayWait = shared.withLock { shared in
            shared.isAsleep = shared.jobs.isEmpty && !shared.isStopping
            return shared.isAsleep
        }
        let timeout = mayWait ? deadline.map { milliseconds(until: $0) } ?? -1 : 0
        let isWhole = loopState.descriptors.wait(timeout)
        shared.withLock { $0.isAsleep = false }
        guard isWhole else { return }  // the next turn polls again

        if !loopState.descriptors[0].isEmpty { wakeup.clear() }
        let now = ContinuousClock.now
        let isLate = deadline.map { $0 <= now } ?? false
        for (index, source) in loopState.polled.enumerated() {
            let events = loopState.descriptors[index + 1]
            if !events.isEmpty || isLate { source.polled(events, now: now) }
        }
        loopState.polled.removeAll(keepingCapacity: true)
    }

    private func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let (seconds, attoseconds) = (deadline - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(clamping: min(seconds, 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
