import CLibPQ
import Glibc
import Synchronization

/// A thread that runs the actors pinned to it, and idles in `poll(2)` over their sockets.
///
/// One loop serves all connections of a process. Nothing on it blocks. What it waits for is computed anew on every
/// turn, so there is no registration that could go stale.
public final class PollLoop: SerialExecutor {
    private struct Shared {
        var jobs: [UnownedJob] = []
        var isAsleep = false
        var isRunning = false
        var isStopping = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    /// What only the loop's thread touches.
    private final class Confined {
        var sources: [ObjectIdentifier: any PollSource] = [:]
        var jobs: [UnownedJob] = []
        var polled: [any PollSource] = []
        var descriptors: [pollfd] = []
    }

    private let shared = Mutex(Shared())
    private let thread = Atomic<UInt>(0)
    private let wakeup = Wakeup()
    private let name: String
    /// Safe because only the loop's thread reads it: ``turn()`` runs there, the rest checks with ``checkIsolated()``.
    nonisolated(unsafe) private let confined = Confined()

    /// Makes a loop; its thread starts with the first job.
    ///
    /// - Parameter name: The thread's name, at most 15 bytes.
    public init(name: String = "postgres-loop") {
        self.name = name
    }

    /// Ends every connection of the loop, runs what is left to run, and ends the thread.
    ///
    /// Connections that are still open fail their callers. Jobs that come later are still run.
    public func stop() async {
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
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        schedule { $0.jobs.append(job) }
    }

    /// Whether the caller runs on the loop's thread.
    ///
    /// - Returns: `true` on the loop's thread.
    public func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Stops the program when the caller does not run on the loop's thread.
    public func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the poll loop's thread")
    }

    /// Serves a source from the next turn on.
    ///
    /// Only on the loop's thread.
    func add(_ source: any PollSource) {
        checkIsolated()
        confined.sources[ObjectIdentifier(source)] = source
    }

    /// Serves a source no longer.
    ///
    /// Only on the loop's thread.
    func remove(_ source: any PollSource) {
        checkIsolated()
        confined.sources[ObjectIdentifier(source)] = nil
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
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while turn() {}
    }

    /// Runs what is there to run, then waits.
    ///
    /// - Returns: `false` when the loop was stopped and nothing is left to do.
    private func turn() -> Bool {
        let isStopping = shared.withLock { shared in
            swap(&shared.jobs, &confined.jobs)
            return shared.isStopping
        }
        let executor = asUnownedSerialExecutor()
        for job in confined.jobs {
            job.runSynchronously(on: executor)
        }
        confined.jobs.removeAll(keepingCapacity: true)
        if isStopping {
            for source in confined.sources.values { source.loopStops() }
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
        confined.polled.removeAll(keepingCapacity: true)
        confined.descriptors.removeAll(keepingCapacity: true)
        confined.descriptors.append(pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0))
        for source in confined.sources.values {
            let interest = source.pollInterest()
            confined.polled.append(source)
            confined.descriptors.append(pollfd(fd: interest.descriptor, events: interest.events, revents: 0))
            if let its = interest.deadline { deadline = min(its, deadline ?? its) }
        }
        let mayWait = shared.withLock { shared in
            shared.isAsleep = shared.jobs.isEmpty && !shared.isStopping
            return shared.isAsleep
        }
        let timeout = mayWait ? deadline.map { milliseconds(until: $0) } ?? -1 : 0
        let ready = poll(&confined.descriptors, nfds_t(confined.descriptors.count), timeout)
        shared.withLock { $0.isAsleep = false }
        guard ready >= 0 else { return }  // EINTR: the next turn polls again

        if confined.descriptors[0].revents != 0 { wakeup.clear() }
        let now = ContinuousClock.now
        let isLate = deadline.map { $0 <= now } ?? false
        for (index, source) in confined.polled.enumerated() {
            let events = confined.descriptors[index + 1].revents
            if events != 0 || isLate { source.polled(events, now: now) }
        }
        confined.polled.removeAll(keepingCapacity: true)
    }

    private func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let (seconds, attoseconds) = (deadline - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(clamping: min(seconds, 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
