import CoreMetrics
import Logging
import PostroomCore

/// The parts of a worker that outlive its identities.
final class WorkerParts: Sendable {
    let configuration: WorkerConfiguration
    let handlers: [RegisteredHandler]
    let deadLetterHooks: [DeadLetterHook]
    let inbox: any WorkQueue
    let clock: WorkerClock
    let random: WorkerRandom
    let log: Logger
    let metrics: WorkerMetrics
    let handlerMetrics: [HandlerMetrics]
    let handlerQueues: [HandlerQueue]
    let reports: [AttemptReport]
    /// The gates of the handlers that have limits over all processes.
    let gates: [HandlerName: LimitGate]
    let holds: HoldDesk
    let keys = KeyDesk()
    let preparation: Preparation
    let reservations = HandOffReservations()
    /// Raised when retries may have become due, or fit again.
    let retrySignal = Signal()
    /// Raised when crash suspects may have become due.
    let suspectSignal = Signal()
    /// Raised when shares can be given back, or handlers may be held back.
    let limitSignal = Signal()
    /// Raised when jobs of this worker became dead letters.
    let letterSignal = Signal()
    /// Raised when there is something whose time must be watched.
    let watchSignal = Signal()

    init(
        _ configuration: WorkerConfiguration,
        _ handlers: [RegisteredHandler],
        deadLetterHooks: [DeadLetterHook] = [],
        rules: @escaping @Sendable (Source) -> any SourceRules,
        eventType: (@Sendable (Delivery) -> String?)? = nil,
        queue: any WorkQueue,
        metrics factory: any MetricsFactory,
        log: Logger,
        clock: WorkerClock,
        random: WorkerRandom,
        observer: EndedAttempt.Observer? = nil,
        traces: Traces? = nil
    ) {
        let handlerMetrics = handlers.map { handler in
            HandlerMetrics(handler.name, hasShare: handler.options.limits.globalConcurrency != nil, factory)
        }
        let reports = zip(handlers, handlerMetrics)
            .map { AttemptReport($0, $1, log, random, clock, observer: observer, traces: traces) }
        self.configuration = configuration
        self.handlers = handlers
        self.deadLetterHooks = deadLetterHooks
        self.inbox = queue
        self.clock = clock
        self.random = random
        self.log = log
        self.metrics = WorkerMetrics(factory)
        self.handlerMetrics = handlerMetrics
        let holds = HoldDesk(limitSignal)
        self.holds = holds
        self.handlerQueues = zip(handlers, reports)
            .map { [retrySignal, suspectSignal, limitSignal] handler, report in
                let most = handler.options.limits.concurrency ?? configuration.attemptsPerHandler
                return HandlerQueue(
                    handler,
                    configuration,
                    clock: clock,
                    report: report,
                    gate: LimitGate(
                        handler,
                        most: most,
                        clock: clock,
                        retrySignal: retrySignal,
                        suspectSignal: suspectSignal,
                        limitSignal: limitSignal
                    ),
                    holds: holds,
                    steps: queue,
                    retrySignal: retrySignal,
                    suspectSignal: suspectSignal,
                    transactions: queue.transactions
                )
            }
        let gated = handlerQueues.compactMap(\.gate).map { ($0.handler, $0) }
        self.gates = Dictionary(gated) { first, _ in first }
        self.reports = reports
        self.preparation = Preparation(
            handlerQueues: handlerQueues,
            reports: reports,
            keys: keys,
            rules: rules,
            eventType: eventType ?? { rules($0.source).identify(headers: $0.headers, body: $0.body).eventType },
            oddities: metrics.oddities,
            clock: clock
        )
    }

    /// Waits, or returns early when the task is cancelled.
    func pause(_ duration: Duration) async {
        try? await clock.sleep(duration)
    }

    /// Waits for a signal, but no longer than a limit.
    func wait(for signal: Signal, atMost limit: Duration) async {
        _ = await withTimeLimit(limit, sleep: clock.sleep) { await signal.wait() }
    }

    /// Makes a router for a version of the directory, and tells the handlers what it says of them.
    func router(_ directory: HandlerDirectory) -> Router {
        let router = Router(directory, handlers, newerCodeDelay: configuration.newerCodeDelay)
        for entry in directory.entries {
            if let index = router.index(of: entry.name) {
                handlerQueues[index].services.learn(entry)
            }
        }
        return router
    }

    /// Holds back the handlers that the inbox says are busy, and no others, unless their own hold is on its way to it.
    func holdBack(_ heldBack: [HandlerName: Duration]) {
        let now = clock.now()
        let pending = Set(holds.pending(at: now).map(\.handler))
        for queue in handlerQueues where !pending.contains(queue.handler.name) {
            queue.heldBack(until: heldBack[queue.handler.name].map { now + $0 })
        }
    }

    /// Runs batches that were claimed; those that came too late for a worker that stops are released.
    ///
    /// - Parameters:
    ///   - batches: The batches.
    ///   - session: The session that holds them.
    ///   - isFirstRun: `true` where nobody can have run them before.
    func start(_ batches: [ClaimedBatch], in session: Session, isFirstRun: Bool = false) {
        guard !batches.isEmpty else { return }
        metrics.claimed.increment(by: batches.reduce(0) { $0 + $1.deliveries.count })
        let runs = session.take(batches, isFirstRun: isFirstRun, at: clock.now())
        let isStopping = session.isStopping
        // Nothing of a suspect batch runs here, not even its decoding: its jobs go to the inbox, and each runs alone.
        let kept = runs.filter { isStopping || $0.isSuspect }
        for run in kept {
            _ = run.detachUnfinished()
        }
        if !kept.isEmpty && !isStopping {
            log.warning(
                "batches that two workers died with run delivery by delivery",
                metadata: ["deliveries": .stringConvertible(kept.reduce(0) { $0 + $1.count })]
            )
        }
        preparation.add(kept.isEmpty ? runs : runs.filter { !isStopping && !$0.isSuspect })
    }

    /// Runs a suspect that was claimed, alone.
    func start(suspect: ClaimedRetry, in session: Session) {
        session.with { $0.began(suspect: suspect.key) }
        start([suspect], in: session)
    }

    /// Runs retries that were claimed.
    func start(_ retries: [ClaimedRetry], in session: Session) {
        metrics.claimed.increment(by: retries.count)
        let held = session.take(retries, gates: gates)
        guard session.isStopping else {
            preparation.add(held, by: session.router)
            return
        }
        for retry in held {
            retry.release()
        }
    }
}
