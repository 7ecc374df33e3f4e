import Logging
import PostroomCore
import Synchronization

/// The queue of one handler, with the slots in which its attempts run, apart from every other handler.
final class HandlerQueue: Sendable {
    private struct Guarded {
        var state: HandlerQueueState
        var tasks: [Task<Void, Never>?] = []
    }

    let handler: RegisteredHandler
    let services: HandlerServices
    private let clock: WorkerClock
    private let report: AttemptReport
    /// The limits over all processes; `nil` where the handler has none.
    let gate: LimitGate?
    private let holds: HoldDesk
    /// Raised when retries that were due and did not fit may be claimed.
    private let retrySignal: Signal
    /// Raised when the slot is free that is kept for a suspect.
    private let suspectSignal: Signal
    private let guarded: Mutex<Guarded>

    init(
        _ handler: RegisteredHandler,
        _ configuration: WorkerConfiguration,
        clock: WorkerClock,
        report: AttemptReport,
        gate: LimitGate?,
        holds: HoldDesk,
        steps: any StepStore,
        retrySignal: Signal,
        suspectSignal: Signal,
        transactions: (any TransactionSource)?
    ) {
        self.handler = handler
        self.services = HandlerServices(handler.name, transactions: transactions, steps: steps)
        self.clock = clock
        self.report = report
        self.gate = gate
        self.holds = holds
        self.retrySignal = retrySignal
        self.suspectSignal = suspectSignal
        self.guarded = Mutex(
            Guarded(
                state: HandlerQueueState(
                    slots: handler.options.limits.concurrency ?? configuration.attemptsPerHandler,
                    waitingPerSlot: configuration.waitingJobsPerSlot,
                    stall: configuration.stall
                )
            )
        )
    }

    /// The number of retries that may be claimed: as many as would be run at once, and some even where jobs of batches wait.
    var availableRetries: Int {
        let now = clock.now()
        let available = guarded.withLock { $0.state.availableRetries(at: now) }
        return min(available, gate?.available(at: now) ?? available)
    }

    /// The request for cells of the handler's rate that must come before its next claim; `nil` where none is needed.
    var cellRequest: CellRequest? {
        guard let gate else { return nil }
        let now = clock.now()
        return gate.cellRequest(guarded.withLock { $0.state.availableRetries(at: now) }, at: now)
    }

    /// The numbers of attempts that run and that were given up, and `true` where the handler is slowed down.
    var counts: (running: Int, zombies: Int, isSlowed: Bool) {
        guarded.withLock { ($0.state.running, $0.state.zombies, $0.state.breaker.isOpen) }
    }

    /// Tells whether what waits here may have to wait long: for attempts that began before a moment and still run, for its
    /// circuit breaker, or for its limits.
    func isSlow(beganBefore moment: Duration) -> Bool {
        let now = clock.now()
        return guarded.withLock { guarded in
            guarded.state.isSlow(beganBefore: moment, at: now)
                || gate != nil && guarded.state.waitingCounts.batches > 0
        }
    }

    /// Adds attempts at the end.
    ///
    /// - Parameters:
    ///   - attempts: The attempts, in their order.
    ///   - mayRefuse: `true` where attempts may be refused while the handler makes no headway.
    /// - Returns: The number of attempts that were taken; the others, the last ones, belong in the inbox.
    func enqueue(_ attempts: [QueuedAttempt], mayRefuse: Bool) -> Int {
        let now = clock.now()
        let (taken, wake) = guarded.withLock { guarded in
            var taken = 0
            while taken < attempts.count, !mayRefuse || guarded.state.admits(at: now) {
                guarded.state.enqueue(attempts[taken], at: now)
                taken += 1
            }
            return (taken, self.wake(&guarded))
        }
        wake?.resume()
        return taken
    }

    /// Drops the attempts whose jobs have left for the inbox.
    func purge() {
        guarded.withLock { $0.state.purge() }
    }

    /// Keeps the next slot that is free for a suspect.
    ///
    /// - Returns: `true` where one is free now, and the limits over all processes leave room; otherwise the suspect signal
    ///   tells when.
    func keepSlot() -> Bool {
        let isRoomKept = gate?.keep(at: clock.now()) ?? true
        return guarded.withLock { $0.state.keepSlot() } && isRoomKept
    }

    /// Frees the slot that was kept for a suspect, if there is one.
    func releaseSlot() {
        gate?.release()
        let wake = guarded.withLock { guarded in
            guarded.state.releaseSlot()
            return self.wake(&guarded)
        }
        wake?.resume()
    }

    /// Asks for the retry signal once more retries may be claimed.
    func requestRetrySignal() {
        if let gate, gate.requestSignal() {
            return
        }
        let now = clock.now()
        let shouldSignalRetries = guarded.withLock { guarded in
            guarded.state.requestRetrySignal()
            return guarded.state.shouldSignalRetries(at: now)
        }
        if shouldSignalRetries {
            retrySignal.raise()
        }
    }

    // MARK: - Runners

    /// Starts a runner where one is needed; one that rests is returned, to be resumed outside the lock.
    private func wake(_ guarded: inout Guarded) -> CheckedContinuation<Void, Never>? {
        switch guarded.state.wake() {
        case .none:
            return nil
        case .resume(let runner):
            return runner
        case .spawn(let slot):
            // unstructured: a handler that ignores its cancellation must not keep a task group, and the shutdown with
            // it, from ending
            let task = Task.detached { await self.run(slot) }
            if slot < guarded.tasks.count {
                guarded.tasks[slot] = task
            } else {
                guarded.tasks.append(task)
            }
            return nil
        }
    }

    private func run(_ slot: Int) async {
        var now = clock.now()
        var restedAt = now
        var attempts = AttemptSeries()
        var step = ask(slot, now)
        while true {
            switch step {
            case .leave:
                return
            case .park:
                await park(slot)
                now = clock.now()
                restedAt = now
                step = ask(slot, now)
            case .rest(let pause):
                try? await clock.sleep(pause)
                now = clock.now()
                step = ask(slot, now)
            case .owe(let attempt, let delay):
                owe(attempt, dueIn: delay)
                step = ask(slot, now)
            case .run(let attempt):
                step = await run(attempt, slot, &attempts, &now)
                if now - restedAt > .milliseconds(1) {
                    // Handlers that never wait would else keep a thread from everyone else.
                    await Task.yield()
                    restedAt = now
                }
            }
        }
    }

    private func ask(_ slot: Int, _ now: Duration) -> HandlerQueueState.Step {
        step { guarded in guarded.state.ask(slot, at: now) }
    }

    private func step(_ decide: (inout Guarded) -> HandlerQueueState.Step) -> HandlerQueueState.Step {
        let (step, wake) = guarded.withLock { guarded in
            let step = decide(&guarded)
            return (step, self.wake(&guarded))
        }
        wake?.resume()
        return step
    }

    private func park(_ slot: Int) async {
        await withCheckedContinuation { continuation in
            if !guarded.withLock({ $0.state.park(slot, continuation) }) {
                continuation.resume()
            }
        }
    }

    /// Has the inbox keep a job whose attempt must not begin now.
    private func owe(_ attempt: QueuedAttempt, dueIn delay: Duration) {
        guard attempt.begin() else { return }
        attempt.end(.owed(dueIn: delay, failure: nil))
        attempt.returned()
    }

    /// Holds the handler back until a moment, or no longer.
    func heldBack(until end: Duration?) {
        guarded.withLock { $0.state.heldBackUntil = end ?? .zero }
    }

    /// Runs one attempt; `now` moves on to its end.
    private func run(
        _ attempt: QueuedAttempt,
        _ slot: Int,
        _ attempts: inout AttemptSeries,
        _ now: inout Duration
    ) async -> HandlerQueueState.Step {
        guard attempt.begin() else {
            return step { guarded in guarded.state.skip(slot, at: now) }
        }
        let start = now
        var failure: (any Error)?
        do {
            let event = attempt.prepared.event
            let context = HandlerContext(
                services,
                attempts.begin(attempt.hold),
                attempt: attempt.count.number,
                event: event,
                logger: report.log,
                receipt: attempt.receipt
            )
            let run = { [handler] in
                try await handler.run(event, try attempt.prepared.value(handler.decoder)?.get(), context)
            }
            if let traces = report.traces {
                try await AttemptSpan(traces, context).run(run)
            } else {
                try await run()
            }
        } catch {
            failure = error
        }
        let remains = attempts.end()
        now = clock.now()
        let finishedAt = now
        let busyUntil = AttemptOutcome.busyTime(of: failure).map { finishedAt + $0 }
        if let busyUntil {
            holds.ask(handler.name, until: busyUntil)
        }
        let sign = AttemptOutcome.sign(of: failure)
        var end = AttemptEnd.own
        var change: CircuitBreaker.Change?
        var shouldSignalRetries = false
        var isSlotReady = false
        let next = step { guarded in
            guarded.state.heldBackUntil = max(guarded.state.heldBackUntil, busyUntil ?? .zero)
            let finish = guarded.state.finish(slot, sign, at: finishedAt)
            end = finish.end
            change = finish.change
            shouldSignalRetries = guarded.state.shouldSignalRetries(at: finishedAt)
            isSlotReady = guarded.state.isSlotReady()
            return finish.step
        }
        if shouldSignalRetries {
            retrySignal.raise()
        }
        if isSlotReady {
            suspectSignal.raise()
        }
        if let change {
            report.changed(change)
        }
        report.ended(attempt, end, failure, leaving: remains, in: finishedAt - start)
        attempt.returned()
        return next
    }

    // MARK: - Cancellation

    /// Cancels the attempts that take too long, and gives up those that ignored their cancellation.
    func sweep(grace: Duration) {
        let now = clock.now()
        let timeout = handler.options.timeout
        cancel(.timedOut, at: now) { _, since in now - since >= timeout }
        let abandoned = guarded.withLock { guarded in
            guarded.state.abandon(cancelledBefore: now - grace, at: now)
        }
        for (attempt, end, change) in abandoned {
            if let change {
                report.changed(change)
            }
            report.abandoned(attempt, end, in: timeout)
        }
        let (wake, shouldSignalRetries, isSlotReady) = guarded.withLock {
            (self.wake(&$0), $0.state.shouldSignalRetries(at: now), $0.state.isSlotReady())
        }
        wake?.resume()
        if shouldSignalRetries {
            retrySignal.raise()
        }
        if isSlotReady {
            suspectSignal.raise()
        }
    }

    /// Cancels every attempt that runs for a batch, because the batch was lost.
    func drop(_ run: BatchRun) {
        cancel(.dropped, at: clock.now()) { attempt, _ in attempt.belongs(to: run) }
    }

    /// Cancels every attempt.
    func cancelAll(_ end: AttemptEnd) {
        cancel(end, at: clock.now()) { _, _ in true }
    }

    private func cancel(_ end: AttemptEnd, at now: Duration, where isMeant: (QueuedAttempt, Duration) -> Bool) {
        let tasks = guarded.withLock { guarded in
            guarded.state.cancel(end, at: now, where: isMeant).map { guarded.tasks[$0] }
        }
        // Outside the lock: cancelling runs the handlers' own cancellation handlers.
        for task in tasks {
            task?.cancel()
        }
    }

    /// Takes no more work, and lets the resting runners leave.
    func close() {
        for runner in guarded.withLock({ $0.state.close() }) {
            runner.resume()
        }
    }
}
