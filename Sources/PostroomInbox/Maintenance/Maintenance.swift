package import Logging
import PostgresClient
package import PostroomCore

/// The times for which the inbox keeps settled deliveries and keys.
package struct Retention: Hashable, Sendable {
    /// The time for which deliveries, successes and failures are kept after they came.
    package var deliveries: Duration
    /// The time for which a sender's repetition is recognised; at least 8 days, because one sender retries for almost 7.
    package var idempotencyKeys: Duration
    /// The time after which a dead letter is discarded; `nil` keeps them until people replay or discard them.
    package var deadLetters: Duration?

    /// Sets the times; 30 days each unless said, and dead letters for ever.
    package init(
        deliveries: Duration = .seconds(30 * 86_400),
        idempotencyKeys: Duration = .seconds(30 * 86_400),
        deadLetters: Duration? = nil
    ) {
        self.deliveries = deliveries
        self.idempotencyKeys = max(idempotencyKeys, .seconds(8 * 86_400))
        self.deadLetters = deadLetters
    }
}

/// Keeps the inbox in order: partitions ahead, expired ones gone, old keys deleted, replays carried out.
///
/// Every process may run one; each step is short, takes its turn with the others', and a failure of one step neither stops
/// the others nor is lost: it is logged and tried again.
package struct Maintenance: Sendable {
    private let inbox: Inbox
    private let retention: Retention
    private let endpoints: [EndpointRecord.Endpoint]
    private let logger: Logger
    private let replays: ReplayRunner

    /// The number of days ahead below which people are told that this role makes no partitions.
    private static let fewDays = 3

    /// The number of days ahead for which partitions are made: enough for a long weekend without anybody running.
    private static let daysAhead: Int32 = 7

    /// The pause after a step that took locks, which leaves the tables to others.
    private static let pauseBetweenSteps = Duration.milliseconds(200)

    /// Describes the upkeep of an inbox.
    ///
    /// - Parameters:
    ///   - inbox: The inbox.
    ///   - retention: The times for which settled deliveries and keys are kept.
    ///   - endpoints: The endpoints that this process receives at, which are recorded so that keys are found.
    ///   - logger: The log of its steps and failures.
    ///   - eventType: Reads the type of a delivery that was stored without one, by today's rules, so that a replay offers
    ///     it to the handlers that want it. Without it the stored type alone counts.
    package init(
        inbox: Inbox,
        retention: Retention,
        endpoints: [(name: EndpointName, source: Source)] = [],
        logger: Logger,
        eventType: (@Sendable (Delivery) -> String?)? = nil
    ) {
        self.inbox = inbox
        self.retention = retention
        self.endpoints = endpoints.map { .init(name: $0.name, source: $0.source) }
        self.logger = logger
        self.replays = ReplayRunner(inbox: inbox, eventType: eventType)
    }

    /// Works until it is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await every(.seconds(600), orAfterFailure: .seconds(10), "partitions", makePartitions) }
            group.addTask { await every(.seconds(300), "retention", dropExpired) }
            group.addTask { await expireAllKeys() }
            group.addTask { await watchRemovedHandlers() }
            group.addTask { await moveRenamed() }
            group.addTask { await advanceReplays() }
            group.addTask { await watchOrphans() }
            group.addTask { await every(.seconds(1), orAfterFailure: .seconds(30), "figures", countFigures) }
            group.addTask { await every(.seconds(600), orAfterFailure: .seconds(10), "endpoints", recordEndpoints) }
            group.addTask {
                await every(.seconds(5), "limits by key") { () async throws(QueueError) in try await sweepKeys() }
            }
            group.addTask { await every(.seconds(60), "order", mendOrder) }
            group.addTask { await ScheduleRunner(inbox: inbox, logger: logger).run() }
            group.addTask { await every(.seconds(600), "steps", pruneSteps) }
            group.addTask { await every(.seconds(600), "notices", pruneNotices) }
        }
    }

    /// Makes the partitions from today on, and empties the default partitions into them, step by step.
    ///
    /// Each step is a commit of its own. Between two of them intake and claims go on: a step locks the table that it
    /// changes. Where this role may not, somebody else has to; where nobody does, people are told.
    ///
    /// - Throws: ``PostroomCore/QueueError``. Finished steps stay.
    package func makePartitions() async throws(QueueError) {
        let outlook = try await inbox.partitionOutlook()
        guard outlook.isAllowed else {
            guard outlook.daysAhead < Self.fewDays else { return }
            return logger.warning(
                "nobody makes partitions ahead",
                metadata: [
                    "days_ahead": "\(outlook.daysAhead)", "role": "\(outlook.role)", "advice": "\(outlook.advice)",
                ]
            )
        }
        while !Task.isCancelled {
            let made = try await execute(PartitionMake(days: Self.daysAhead)).map(\.partition)
            guard !made.isEmpty else { return }
            logger.info("partitions made", metadata: ["partitions": "\(made.joined(separator: " "))"])
            try? await Task.sleep(for: Self.pauseBetweenSteps)
        }
    }

    /// Drops what is older than the retention, and nothing that somebody is still owed.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func dropExpired() async throws(QueueError) {
        let isAllowed = try await inbox.partitionOutlook().isAllowed
        for parent in ["delivery", "failed_attempt", "handled", "superseded"] where isAllowed {
            let drop = PartitionDrop(parent: parent, age: retention.deliveries)
            while let partition = try await execute(drop).first?.partition {
                logger.info("expired partition dropped", metadata: ["partition": "\(partition)"])
            }
        }
        let most: Int32 = 1_000
        let prune = DefaultPartitionPrune(age: retention.deliveries, most: most)
        while !Task.isCancelled, let deleted = try await execute(prune).first?.deleted, deleted >= most {
            try? await Task.sleep(for: Self.pauseBetweenSteps)
        }
        _ = try await execute(FinishedPrune(most: most))
        let forget = NewestPrune(age: retention.deliveries, most: most)
        while !Task.isCancelled, let deleted = try await execute(forget).first?.deleted, deleted >= most {
            try? await Task.sleep(for: Self.pauseBetweenSteps)
        }
        try await discardExpiredLetters()
    }

    private func discardExpiredLetters() async throws(QueueError) {
        guard let age = retention.deadLetters else { return }
        var expire = LetterExpire(age: age, above: .min, most: 1_000)
        var expired = 0
        while !Task.isCancelled, let step = try await execute(expire).first, let reached = step.reached {
            expired += step.expired
            expire = LetterExpire(age: age, above: reached, most: 1_000)
            try? await Task.sleep(for: Self.pauseBetweenSteps)
        }
        if expired > 0 {
            logger.warning("expired dead letters discarded", metadata: ["dead_letters": "\(expired)"])
        }
    }

    /// Brings jobs to the front of keys that have none there, which a process that died or a person may have left so.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func mendOrder() async throws(QueueError) {
        var place = (handler: "", key: "")
        var mended = 0
        while !Task.isCancelled {
            let row = try await execute(OrderMend(handler: place.handler, key: place.key, most: 1_000)).first
            mended += row?.mended ?? 0
            guard let handler = row?.handler, let key = row?.key else { break }
            place = (handler, key)
            try? await Task.sleep(for: Self.pauseBetweenSteps)
        }
        if mended > 0 {
            logger.warning("keys had no job in front, and go on now", metadata: ["keys": "\(mended)"])
            inbox.signals.work.send()
            inbox.wakeOthers()
        }
    }

    /// Counts what people and metrics ask for, if it is this process's turn and the last count is old.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func countFigures() async throws(QueueError) {
        try await inbox.countFigures(eagerly: false, for: .milliseconds(500))
    }

    /// Records the endpoints that this process receives at.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func recordEndpoints() async throws(QueueError) {
        guard !endpoints.isEmpty else { return }
        _ = try await execute(EndpointRecord(endpoints: endpoints))
    }

    /// Deletes waiting pairs of handlers that were removed, up to ten thousand.
    ///
    /// - Returns: True if there may be more.
    /// - Throws: ``PostroomCore/QueueError``.
    @discardableResult
    package func pruneRemovedHandlers() async throws(QueueError) -> Bool {
        let most: Int32 = 10_000
        return try await execute(RemovedHandlerPrune(most: most)).first?.deleted == Int(most)
    }

    /// Moves jobs and dead letters of renamed handlers to their names of today, up to a thousand.
    ///
    /// - Returns: True if there may be more.
    /// - Throws: ``PostroomCore/QueueError``.
    @discardableResult
    package func moveRenamedJobs() async throws(QueueError) -> Bool {
        let moved = try await execute(RenamedMove(most: Inbox.movesPerStep)).first?.moved ?? 0
        if moved > 0 {
            inbox.forgetPlaces()
            inbox.signals.work.send()
        }
        return moved >= Int(Inbox.movesPerStep)
    }

    /// Deletes old notices of dead letters.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func pruneNotices() async throws(QueueError) {
        let most: Int32 = 1_000
        while !Task.isCancelled, try await execute(NoticePrune(most: most)).count == Int(most) {
            try? await Task.sleep(for: Self.pauseBetweenSteps)
        }
    }

    /// Deletes the steps of jobs that ended without them: by a person's hand, or by code that has no steps any more.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func pruneSteps() async throws(QueueError) {
        var prune = StepPrune(most: 1_000, afterDelivery: DeliveryID(rawValue: .min), afterHandler: "")
        while !Task.isCancelled, let row = try await execute(prune).first, let delivery = row.lastDelivery,
            let handler = row.lastHandler
        {
            prune = StepPrune(most: 1_000, afterDelivery: delivery, afterHandler: handler)
            try? await Task.sleep(for: Self.pauseBetweenSteps)
        }
    }

    /// Deletes the expired idempotency keys in one run of their table's blocks.
    ///
    /// - Parameter first: The block to begin with.
    /// - Returns: The block to go on with, or `nil` past the table's end.
    /// - Throws: ``PostroomCore/QueueError``.
    package func expireKeys(from first: Int64) async throws(QueueError) -> Int64? {
        let blocks: Int64 = 512
        let expire = KeyExpire(firstBlock: first, blocks: blocks, age: retention.idempotencyKeys)
        return try await execute(expire).isEmpty ? nil : first + blocks
    }

    /// Moves the next pairs of every running replay.
    ///
    /// - Returns: True if any replay goes on.
    /// - Throws: ``PostroomCore/QueueError``.
    @discardableResult
    package func advanceRunningReplays() async throws(QueueError) -> Bool {
        try await carryOutReplays().isRunning
    }

    private func carryOutReplays() async throws(QueueError) -> ReplayRunner.Round {
        let round = try await replays.advance()
        if round.moved {
            inbox.signals.work.send()
            inbox.wakeOthers()
        }
        return round
    }

    /// Warns of handlers that no worker has although pairs wait for them, and that were seen so before: a deployment may
    /// leave a handler without a worker for a moment.
    ///
    /// - Parameter before: The handlers that the last look found.
    /// - Returns: Those that this one found.
    /// - Throws: ``PostroomCore/QueueError``.
    package func warnOfOrphans(seenBefore before: Set<HandlerName>) async throws(QueueError) -> Set<HandlerName> {
        let orphans = try await execute(OrphanList()).map { (name: $0.handler, row: $0) }
        let lasting = orphans.filter { before.contains($0.name) }
        if !lasting.isEmpty {
            let most = 1000
            let told = lasting.prefix(10)
                .map { orphan in
                    let count = orphan.row.waiting < most ? "\(orphan.row.waiting)" : "\(most) or more"
                    return "\(orphan.name): \(count)"
                }
            logger.warning(
                "deliveries wait for handlers that no worker has; deploy a worker that has them, or remove them",
                metadata: ["handlers": "\(lasting.count)", "waiting": .array(told.map { .string($0) })]
            )
        }
        return Set(orphans.map(\.name))
    }

    private func watchOrphans() async {
        var seen: Set<HandlerName> = []
        await every(.seconds(60), "orphans") { () async throws(QueueError) in
            seen = try await warnOfOrphans(seenBefore: seen)
        }
    }

    /// Lets the jobs go on that wait for a limit by key which no worker keeps any more.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func sweepKeys() async throws(QueueError) {
        _ = inbox.went(on: try await execute(KeySweep(worker: nil, known: [])).first?.freed ?? 0)
    }

    private func execute<S: Statement>(_ statement: S) async throws(QueueError) -> [S.Row] {
        try await inQueueTerms { () async throws(PostgresError) in try await inbox.maintenance.execute(statement) }
    }

    /// Replays are paced by the second, start at once when somebody asks for one, and go on at once where there is more to
    /// look at.
    private func advanceReplays() async {
        await answer(inbox.wakeUps(), orEvery: .seconds(1), "replays") { () async throws(QueueError) in
            try await carryOutReplays().goesOn
        }
    }

    /// Begins when a handler is changed, and looks again once in ten minutes.
    private func watchRemovedHandlers() async {
        await answer(inbox.directoryChanges(), orEvery: .seconds(600), "removed handlers") {
            () async throws(QueueError) in try await pruneRemovedHandlers()
        }
    }

    /// Begins when a handler is renamed; what ran then under the former name, and failed, is found within a second.
    private func moveRenamed() async {
        await answer(inbox.directoryChanges(), orEvery: .seconds(1), "renamed handlers") {
            () async throws(QueueError) in try await moveRenamedJobs()
        }
    }

    /// Does a step when it is signalled and at intervals, and once more where it says that there is more to do.
    ///
    /// Every commit may signal, and ten looks a second are enough.
    private func answer(
        _ signals: AsyncStream<Void>,
        orEvery interval: Duration,
        _ step: String,
        _ work: @escaping @Sendable () async throws(QueueError) -> Bool
    ) async {
        let (asked, ask) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in signals {
                    ask.yield()
                }
            }
            group.addTask {
                await every(interval, step) { () async throws(QueueError) in ask.yield() }
                ask.finish()
            }
            group.addTask {
                for await _ in asked {
                    await attempt(step) { () async throws(QueueError) in
                        if try await work() {
                            ask.yield()
                        }
                    }
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
        }
    }

    /// Walks the table of keys a little each second, and begins anew an hour after its end.
    private func expireAllKeys() async {
        var first: Int64 = 0
        while !Task.isCancelled {
            var next: Int64?
            await attempt("keys") { () async throws(QueueError) in next = try await expireKeys(from: first) }
            first = next ?? 0
            try? await Task.sleep(for: next == nil ? .seconds(3_600) : .seconds(1))
        }
    }

    /// Does a step again and again.
    private func every(
        _ interval: Duration,
        orAfterFailure retryInterval: Duration? = nil,
        _ step: String,
        _ work: () async throws(QueueError) -> Void
    ) async {
        while !Task.isCancelled {
            let pause = await attempt(step, work) ? interval : retryInterval ?? interval
            try? await Task.sleep(for: pause * Double.random(in: 0.9...1.1))
        }
    }

    @discardableResult
    private func attempt(_ step: String, _ work: () async throws(QueueError) -> Void) async -> Bool {
        do {
            try await work()
            return true
        } catch {
            guard !Task.isCancelled else { return false }
            logger.warning("a step of maintenance failed", metadata: ["step": "\(step)", "error": "\(error)"])
            return false
        }
    }
}
