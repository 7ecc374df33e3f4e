import PostroomCore

@testable import PostroomWorker
@testable import TestSupport

/// Two workers and an inbox, and what can happen to them.
///
/// The inbox is the state behind the one in memory, whose every change is a pure function; it passes the conformance suite
/// of the one in Postgres, and is compared with it step by step.
final class ModelSystem {
    static let lease = Duration.seconds(15)
    var inbox = InboxState()
    /// One that has both handlers, and one that has the second only.
    let workers = [ModelWorker(handlers: ["a", "b"]), ModelWorker(handlers: ["b"])]
    var identities: [WorkerID?] = [nil, nil]
    var known: Set<WorkerID> = []
    var now = Timestamp(rawValue: 800_000_000_000_000)
    var stored: [Delivery] = []
    var hasNewcomer = false
    var problems: [String] = []

    init() {
        apply(.start(0))
        apply(.start(1))
        apply(.store)
        apply(.store)
    }

    // MARK: - What happens

    /// Lets something happen, and looks whether everything still holds.
    func apply(_ event: ModelEvent) {
        now = now + .microseconds(1)
        switch event {
        case .newcomer:
            hasNewcomer = true
            let handlers = [(name: HandlerName("c"), patterns: [EventPattern.everything])]
            known.insert(inbox.register(WorkerRegistration(label: "other", handlers: handlers), at: now))
        case .store:
            let key = "key-\(stored.count)"
            stored += inbox.store([.sample(key: key)], claimedBy: nil, at: now).batches.flatMap(\.deliveries)
        case .replay:
            replay()
        case .start(let number), .send(let number), .sendInVain(let number), .reply(let number), .lose(let number),
            .askRetries(let number), .retriesCome(let number), .loseRetries(let number), .begin(let number),
            .end(let number, _), .detachUnfinished(let number), .heartbeat(let number), .release(let number),
            .kill(let number), .rescue(let number):
            apply(event, to: number, workers[number])
        }
        check(event)
    }

    private func apply(_ event: ModelEvent, to number: Int, _ worker: ModelWorker) {
        switch event {
        case .start:
            let identity = inbox.register(worker.registration, at: now)
            identities[number] = identity
            known.insert(identity)
            worker.begin(identity, inbox.directory.snapshot)
        case .send: worker.send(commit)
        case .sendInVain: worker.send(nil)
        case .reply: worker.readReply(inbox.directory.snapshot)
        case .lose: worker.loseReply()
        case .askRetries: askRetries(worker)
        case .retriesCome: worker.takeRetries()
        case .loseRetries: worker.loseRetries()
        case .begin: worker.beginJob()
        case .end(_, let isHandled): worker.endJob(isHandled: isHandled)
        case .detachUnfinished: worker.session?.with { $0.allRuns }.forEach { _ = $0.detachUnfinished() }
        case .heartbeat: heartbeat(worker)
        case .release: release(worker)
        case .kill: worker.die()
        case .rescue: rescue(number)
        case .newcomer, .store, .replay: break
        }
    }

    /// Settles and claims in one commit, and sees that only the holder settles.
    func commit(
        _ settlement: Settlement,
        _ request: ClaimRequest,
        _ worker: WorkerID
    ) -> (SettlementResult, [ClaimedBatch]) {
        let held = Set(inbox.batches.values.filter { $0.worker == worker }.map(\.batch.id))
        let heldRetries = Set(inbox.retries.values.filter { $0.worker == worker }.map(\.key))
        let before = Set(inbox.batches.keys)
        let beforeRetries = Set(inbox.retries.keys)
        let result = inbox.settle(settlement, by: worker, at: now)
        let taken = before.subtracting(inbox.batches.keys).subtracting(held)
        let takenRetries = beforeRetries.subtracting(inbox.retries.keys).subtracting(heldRetries)
        if !taken.isEmpty || !takenRetries.isEmpty {
            problems.append("worker \(worker) settled what it did not hold")
        }
        return (result, inbox.claim(request, for: worker))
    }

    func askRetries(_ worker: ModelWorker) {
        guard let session = worker.session else { return }
        let claims = session.router.claimableHandlers.map { index in
            RetryClaim(handler: session.router.name(at: index), limit: 1)
        }
        session.with { $0.retryClaims += 1 }
        let due = inbox.claim(claims, for: session.worker, at: now)
        worker.isSuspect = due.isEmpty && session.with { $0.suspect == nil }
        worker.retries = worker.isSuspect ? claimSuspect(session, claims.map(\.handler)) : due
    }

    private func claimSuspect(_ session: Session, _ handlers: [HandlerName]) -> [ClaimedRetry] {
        [inbox.claimSuspect(of: handlers, for: session.worker, at: now)].compactMap(\.self)
    }

    private func heartbeat(_ worker: ModelWorker) {
        guard let session = worker.session, inbox.heartbeat(session.worker, at: now) == nil else { return }
        session.drop()
        worker.die()
    }

    private func release(_ worker: ModelWorker) {
        guard let session = worker.session else { return }
        let known = session.with { $0.held }
        _ = inbox.release(
            batches: { $0.worker == session.worker && !known.batches.contains($0.batch.id) },
            retries: { $0.worker == session.worker && !known.retries.contains($0.key) }
        )
        session.with { state in
            state.unknownSince = nil
            state.holdsRetryClaims = state.hasUncertainRetries
        }
    }

    private func rescue(_ number: Int) {
        guard let identity = identities[number] else { return }
        inbox.letTimePass(Self.lease)
        // The identities of earlier lives are as silent.
        for other in known where other != identity && identities.contains(other) {
            _ = inbox.heartbeat(other, at: now)
        }
        known.subtract(inbox.rescue(silentFor: Self.lease, at: now).workers)
    }

    private func replay() {
        guard let key = inbox.deadLetters.keys.min(by: { ($0.delivery, $0.handler) < ($1.delivery, $1.handler) }),
            let letter = inbox.deadLetters.removeValue(forKey: key)
        else { return }
        inbox.retries[key] = RetryRow(
            key: key,
            delivery: letter.delivery,
            failedAttempts: letter.failedAttempts,
            attemptsBeforeReplay: letter.failedAttempts,
            dueAt: now,
            deaths: letter.reason == .crash ? CrashRules.deathsUntilSuspect : 0
        )
    }
}
