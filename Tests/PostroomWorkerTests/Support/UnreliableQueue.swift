import PostroomCore
import Synchronization

/// A queue whose calls fail as a test wants, before they have an effect or after it.
final class UnreliableQueue: WorkQueue {
    enum Call: Hashable {
        case register
        case heartbeat
        case directory
        case settle
        case claimRetries
        case claimSuspect
        case shares
        case cells
        case holdBack
        case keys
        case release
        case deregister
        case pulses
        case rescue
        case readSteps
        case writeStep
        case claimNotice
        case endNotice
    }

    enum Failure {
        /// The call did nothing.
        case before
        /// The call was committed, and its reply was lost.
        case after
        /// The database refused.
        case rejected
        /// The database refused the values.
        case unfit
    }

    typealias Plan = @Sendable (Call, Settlement?) -> Failure?

    private let base: any WorkQueue
    private let plan: Mutex<Plan>
    private let holds = Mutex<[Call: Gate]>([:])
    private let counts = Mutex<[Call: Int]>([:])

    init(_ base: any WorkQueue, plan: @escaping Plan = { _, _ in nil }) {
        self.base = base
        self.plan = Mutex(plan)
    }

    func fail(_ plan: @escaping Plan) {
        self.plan.withLock { $0 = plan }
    }

    /// Holds calls up before they do anything, until the gate opens.
    func hold(_ call: Call, at gate: Gate?) {
        holds.withLock { $0[call] = gate }
    }

    /// The number of times that a call was made.
    func count(_ call: Call) -> Int {
        counts.withLock { $0[call] ?? 0 }
    }

    var transactions: (any TransactionSource)? {
        base.transactions
    }

    private func pass<Result>(
        _ call: Call,
        _ settlement: Settlement? = nil,
        _ body: () async throws(QueueError) -> Result
    ) async throws(QueueError) -> Result {
        counts.withLock { $0[call, default: 0] += 1 }
        try? await holds.withLock { $0[call] }?.wait()
        let failure = plan.withLock { $0 }(call, settlement)
        switch failure {
        case .before:
            throw QueueError(kind: .unavailable, description: "the connection is gone")
        case .rejected:
            throw QueueError(kind: .rejected, description: "refused")
        case .unfit:
            throw QueueError(kind: .rejected, description: "a value does not fit", isAboutValues: true)
        case .after:
            _ = try await body()
            throw QueueError(kind: .unavailable, description: "the reply is lost")
        case nil:
            return try await body()
        }
    }

    func register(_ registration: WorkerRegistration) async throws(QueueError) -> WorkerID {
        try await pass(.register) { () async throws(QueueError) in try await base.register(registration) }
    }

    func heartbeat(_ worker: WorkerID) async throws(QueueError) -> Int64? {
        try await pass(.heartbeat) { () async throws(QueueError) in try await base.heartbeat(worker) }
    }

    func directory() async throws(QueueError) -> HandlerDirectory {
        try await pass(.directory) { () async throws(QueueError) in try await base.directory() }
    }

    func settle(
        _ settlement: Settlement,
        thenClaim request: ClaimRequest,
        for worker: WorkerID
    ) async throws(QueueError) -> (SettlementResult, [ClaimedBatch]) {
        try await pass(.settle, settlement) { () async throws(QueueError) in
            try await base.settle(settlement, thenClaim: request, for: worker)
        }
    }

    func claimRetries(_ claims: [RetryClaim], for worker: WorkerID) async throws(QueueError) -> [ClaimedRetry] {
        try await pass(.claimRetries) { () async throws(QueueError) in try await base.claimRetries(claims, for: worker)
        }
    }

    func claimSuspect(of handlers: [HandlerName], for worker: WorkerID) async throws(QueueError) -> ClaimedRetry? {
        try await pass(.claimSuspect) { () async throws(QueueError) in
            try await base.claimSuspect(of: handlers, for: worker)
        }
    }

    func adjustShares(_ needs: [ShareNeed], of worker: WorkerID) async throws(QueueError) -> LimitState {
        try await pass(.shares) { () async throws(QueueError) in try await base.adjustShares(needs, of: worker) }
    }

    func takeCells(_ requests: [CellRequest]) async throws(QueueError) -> [CellLot] {
        try await pass(.cells) { () async throws(QueueError) in try await base.takeCells(requests) }
    }

    func holdBack(_ handler: HandlerName, for duration: Duration) async throws(QueueError) {
        try await pass(.holdBack) { () async throws(QueueError) in try await base.holdBack(handler, for: duration) }
    }

    func admit(_ jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> [RetryKey: KeyDecision] {
        try await pass(.keys) { () async throws(QueueError) in try await base.admit(jobs, for: worker) }
    }

    func freeKeys(of jobs: [KeyedJob], for worker: WorkerID) async throws(QueueError) -> Int {
        try await pass(.keys) { () async throws(QueueError) in try await base.freeKeys(of: jobs, for: worker) }
    }

    func sweepKeys(of worker: WorkerID, known: [RetryKey]) async throws(QueueError) -> Int {
        try await pass(.keys) { () async throws(QueueError) in try await base.sweepKeys(of: worker, known: known) }
    }

    func releaseUnknownClaims(of worker: WorkerID, known: HeldClaims) async throws(QueueError) -> Int {
        try await pass(.release) { () async throws(QueueError) in
            try await base.releaseUnknownClaims(of: worker, known: known)
        }
    }

    func deregister(_ worker: WorkerID) async throws(QueueError) {
        try await pass(.deregister) { () async throws(QueueError) in try await base.deregister(worker) }
    }

    func pulses(overdueAfter lease: Duration) async throws(QueueError) -> [WorkerPulse] {
        try await pass(.pulses) { () async throws(QueueError) in try await base.pulses(overdueAfter: lease) }
    }

    func rescue(_ silent: [WorkerPulse]) async throws(QueueError) -> RescueReport {
        try await pass(.rescue) { () async throws(QueueError) in try await base.rescue(silent) }
    }

    func readSteps(of job: RetryKey) async throws(QueueError) -> [StepRecord] {
        try await pass(.readSteps) { () async throws(QueueError) in try await base.readSteps(of: job) }
    }

    func writeStep(
        _ step: NewStep,
        of job: RetryKey,
        attempt: Int,
        for worker: WorkerID
    ) async throws(QueueError) -> StepRecord? {
        try await pass(.writeStep) { () async throws(QueueError) in
            try await base.writeStep(step, of: job, attempt: attempt, for: worker)
        }
    }

    func claimNotice(
        of handlers: [HandlerName],
        for worker: WorkerID
    ) async throws(QueueError) -> DeadLetterNotice? {
        try await pass(.claimNotice) { () async throws(QueueError) in
            try await base.claimNotice(of: handlers, for: worker)
        }
    }

    func endNotice(_ notice: DeadLetterNotice, isTold: Bool, for worker: WorkerID) async throws(QueueError) {
        try await pass(.endNotice) { () async throws(QueueError) in
            try await base.endNotice(notice, isTold: isTold, for: worker)
        }
    }

    func wakeUps() -> AsyncStream<Void> {
        base.wakeUps()
    }

    func directoryChanges() -> AsyncStream<Void> {
        base.directoryChanges()
    }
}
