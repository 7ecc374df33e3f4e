import DequeModule
import PostroomCore
import Synchronization

/// The step between claims and handlers: routes each delivery, decodes it once for each type, and queues its attempts.
///
/// Several tasks do it, so that decoding uses every core and no handler waits for another's decoding.
final class Preparation: Sendable {
    /// The work of one step.
    enum Portion: Sendable {
        case batch(BatchRun, Range<Int>)
        case retries([HeldRetry], Router)
    }

    private struct State {
        var portions = Deque<Portion>()
        /// Retries go first: there are few of them, and a suspect is marked as the one that runs.
        var retries = Deque<Portion>()
        var idle: [CheckedContinuation<Portion?, Never>] = []
        var isClosed = false
    }

    /// The number of deliveries that are queued under one lock.
    private static let portionSize = 32

    private let handlerQueues: [HandlerQueue]
    private let reports: [AttemptReport]
    private let keys: KeyDesk
    private let rules: @Sendable (Source) -> any SourceRules
    private let eventType: @Sendable (Delivery) -> String?
    private let oddities: OddityMetrics
    private let clock: WorkerClock
    private let state = Mutex(State())

    init(
        handlerQueues: [HandlerQueue],
        reports: [AttemptReport],
        keys: KeyDesk,
        rules: @escaping @Sendable (Source) -> any SourceRules,
        eventType: @escaping @Sendable (Delivery) -> String?,
        oddities: OddityMetrics,
        clock: WorkerClock
    ) {
        self.handlerQueues = handlerQueues
        self.reports = reports
        self.keys = keys
        self.rules = rules
        self.eventType = eventType
        self.oddities = oddities
        self.clock = clock
    }

    func add(_ runs: [BatchRun]) {
        for run in runs {
            if run.count == 0 {
                _ = run.add([], of: 0..<0)
            }
            var start = 0
            while start < run.count {
                let end = min(run.count, start + Self.portionSize)
                add(.batch(run, start..<end))
                start = end
            }
        }
    }

    func add(_ retries: [HeldRetry], by router: Router) {
        if !retries.isEmpty {
            add(.retries(retries, router))
        }
    }

    private func add(_ portion: Portion) {
        let worker = state.withLock { state in
            let worker = state.idle.popLast()
            if worker == nil {
                switch portion {
                case .batch: state.portions.append(portion)
                case .retries: state.retries.append(portion)
                }
            }
            return worker
        }
        worker?.resume(returning: portion)
    }

    /// Lets the tasks end.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            state.portions = Deque()
            state.retries = Deque()
            defer { state.idle = [] }
            return state.idle
        }
        for worker in idle {
            worker.resume(returning: nil)
        }
    }

    /// Prepares until ``close()``.
    func run() async {
        var cache = RouteCache()
        var startedAt = clock.now()
        while let portion = await next() {
            switch portion {
            case .batch(let run, let range):
                prepare(run, range, &cache)
            case .retries(let retries, let router):
                prepare(retries, router)
            }
            let now = clock.now()
            if now - startedAt > .milliseconds(1) {
                await Task.yield()
                startedAt = now
            }
        }
    }

    private func next() async -> Portion? {
        await withCheckedContinuation { continuation in
            let portion = state.withLock { state -> Portion?? in
                if let portion = state.retries.popFirst() ?? state.portions.popFirst() {
                    return .some(portion)
                }
                if state.isClosed {
                    return .some(nil)
                }
                state.idle.append(continuation)
                return nil
            }
            if let portion {
                continuation.resume(returning: portion)
            }
        }
    }

    // MARK: - Batches

    private func prepare(_ run: BatchRun, _ range: Range<Int>, _ cache: inout RouteCache) {
        var jobs: [BatchProgress.Job] = []
        var attempts: [[(job: Int, prepared: PreparedDelivery)]] = Array(repeating: [], count: handlerQueues.count)
        for (offset, delivery) in zip(range, run.deliveries(range)) {
            let route = cache.route(delivery, by: run.router)
            for owed in route.owed {
                let outcome = JobOutcome.owed(dueIn: owed.dueIn, failure: nil)
                let order = order(of: delivery, owed.order)
                jobs.append(
                    BatchProgress.Job(delivery: offset, handler: owed.handler, status: .ended(outcome), order: order)
                )
            }
            guard !route.runs.isEmpty else { continue }
            let prepared = prepare(delivery, for: route.runs)
            oddities.count(prepared)
            for index in route.runs {
                let handler = handlerQueues[index].handler
                if case .failure(let error) = prepared.value(handler.decoder) {
                    let outcome = reports[index].undecodable(error, delivery, AttemptCount())
                    jobs.append(
                        BatchProgress.Job(
                            delivery: offset,
                            handler: run.router.name(at: index),
                            status: .ended(outcome)
                        )
                    )
                } else {
                    attempts[index].append((jobs.count, prepared))
                    jobs.append(
                        BatchProgress.Job(delivery: offset, handler: run.router.name(at: index), status: .waiting)
                    )
                }
            }
        }
        guard let base = run.add(jobs, of: range) else { return }
        for index in handlerQueues.indices where !attempts[index].isEmpty {
            let list = attempts[index]
                .map { job, prepared in
                    QueuedAttempt(owner: .batch(run, job: base + job), prepared: prepared, count: AttemptCount())
                }
            for attempt in list[handlerQueues[index].enqueue(list, mayRefuse: true)...] {
                attempt.end(.owed(dueIn: .zero, failure: nil))
            }
        }
    }

    private func prepare(_ delivery: Delivery, for runs: [Int]) -> PreparedDelivery {
        PreparedDelivery(
            Event(delivery: delivery, rules: rules(delivery.source)),
            decoders: runs.lazy.compactMap { [handlerQueues] index in handlerQueues[index].handler.decoder }
        )
    }

    /// Finds the place of a job in the order of its handler, if it has one.
    private func order(of delivery: Delivery, _ way: Route.Order) -> JobOrder {
        switch way {
        case .none: return .none
        case .unknown: return .unknown
        case .found(let index):
            let handler = handlerQueues[index].handler
            let runs = handler.needsInputForOrder ? [index] : []
            return order(of: prepare(delivery, for: runs), handler)
        }
    }

    private func order(of prepared: PreparedDelivery, _ handler: RegisteredHandler) -> JobOrder {
        let decoded = prepared.value(handler.decoder).flatMap { try? $0.get() }
        return handler.order(of: prepared.event, decoded)
    }

    // MARK: - Retries

    /// Returns the retry with the type of its delivery, which may have been stored without one that can be read today.
    private func readingType(_ retry: ClaimedRetry) -> ClaimedRetry {
        let source = retry.delivery.source
        guard retry.delivery.eventType == nil, source != .sql, source != .unverified,
            let type = eventType(retry.delivery)
        else { return retry }
        return retry.with(eventType: type)
    }

    private func prepare(_ retries: [HeldRetry], _ router: Router) {
        for held in retries {
            guard !held.retry.isFinished else {
                held.end(.handled(duration: .zero))
                continue
            }
            let retry = readingType(held.retry)
            guard let index = router.index(of: retry.key.handler) else {
                held.release()
                continue
            }
            guard !router.needsNewerCode(retry, index: index) else {
                held.end(.owed(dueIn: router.newerCodeDelay, failure: nil))
                continue
            }
            let count = AttemptCount(failed: retry.failedAttempts, beforeReplay: retry.attemptsBeforeReplay)
            let prepared = prepare(retry.delivery, for: [index])
            let handler = handlerQueues[index].handler
            if retry.order == .unknown, handler.options.order != nil {
                held.place(order(of: prepared, handler))
                continue
            }
            if count.failed == 0 {
                oddities.count(prepared)
            }
            if case .failure(let error) = prepared.value(handlerQueues[index].handler.decoder) {
                held.end(reports[index].undecodable(error, retry.delivery, count))
            } else {
                enqueue(QueuedAttempt(owner: .retry(held), prepared: prepared, count: count), of: held, at: index)
            }
        }
    }

    /// Queues a retry, by way of the limits of its key where its handler has such.
    private func enqueue(_ attempt: QueuedAttempt, of held: HeldRetry, at index: Int) {
        let queue = handlerQueues[index]
        let handler = queue.handler
        guard let limits = handler.options.limits.perKey, let key = limitKey(of: attempt, for: handler) else {
            _ = queue.enqueue([attempt], mayRefuse: false)
            return
        }
        let keyed = KeyedJob(job: held.retry.key, key: key, limits: limits)
        keys.ask(KeyDesk.Ask(keyed: keyed, held: held, attempt: attempt, queue: queue))
    }

    private func limitKey(of attempt: QueuedAttempt, for handler: RegisteredHandler) -> String? {
        let decoded: (any Sendable)? = try? attempt.prepared.value(handler.decoder)?.get()
        return try? handler.limitKey(attempt.prepared.event, decoded)
    }
}

extension ClaimedRetry {
    /// Returns the same retry of a delivery with a type that was read anew.
    fileprivate func with(eventType: String) -> ClaimedRetry {
        ClaimedRetry(
            key: key,
            delivery: Delivery(
                id: delivery.id,
                endpoint: delivery.endpoint,
                source: delivery.source,
                eventType: eventType,
                idempotencyKey: delivery.idempotencyKey,
                receivedAt: delivery.receivedAt,
                headers: delivery.headers,
                body: delivery.body
            ),
            failedAttempts: failedAttempts,
            attemptsBeforeReplay: attemptsBeforeReplay,
            isFinished: isFinished,
            order: order
        )
    }
}
