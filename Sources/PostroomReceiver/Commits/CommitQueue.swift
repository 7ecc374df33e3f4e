import NIOCore
import PostroomCore

/// Which requests are committed together, and who waits for what: the rules of group commit, without I/O.
///
/// Lanes carry commits out, one at a time each. A request that finds all committers idle starts a commit at once; what arrives
/// meanwhile goes together into the next one. Another committer begins beside a commit once as many requests wait as that one
/// holds, and beside one that is not small only if it is worth it: commits grow with the load, and cost Postgres less a
/// request, while few requests hardly wait for each other.
struct CommitQueue<Waiter: Sendable, Committer: Sendable>: Sendable {
    /// How much goes into one commit.
    struct Limits: Sendable {
        var requests: Int
        var bytes: Int
        /// How long a request waits for its answer.
        var timeouts: TimeAmount
    }

    typealias Request = WaitingRequest<Waiter>

    /// What to do with requests that came in.
    enum Submission {
        /// Let these committers carry out these commits; the rest waits.
        case start([(committer: Committer, commit: Commit)])
        /// Turn them away: no committer will run again.
        case turnAway
    }

    /// What a committer without a commit does next.
    enum CommitterAction {
        case carryOut(Commit)
        case wait
        case stop
    }

    /// Whom waiting ended for.
    struct Expiry {
        /// Everyone who has waited too long.
        var waiters: [Waiter] = []
        /// How many of them will not be committed at all.
        var droppedRequests = 0
        /// What the budget gave for the bodies of those.
        var droppedBytes = 0
    }

    private struct Running: Sendable {
        var waiters: [Waiter]
        /// How many requests must wait before another commit begins beside it; none where it is full.
        let holdsBack: Int
        let oldest: NIODeadline
    }

    /// Up to how many requests a commit is small, and how many it takes to begin another beside one that is not.
    ///
    /// With 64 connections over HTTP, where a commit holds about 15, one committer accepted 17.9k requests a second at a p99 of
    /// 7.4 ms, and two that shared the load 14.0k at 8.7 ms (`postroom bench http --connections 1` and `2`). With 512
    /// requests under way, about 130 a commit, two committers stored 1.4 times what one did (`postroom bench ingest`).
    private static var smallCommit: Int { 4 }
    private static var worthACommit: Int { 32 }

    private let limits: Limits
    private var waiting = CircularBuffer<Request>()
    private var running: [Int: Running] = [:]
    private var idleCommitters: [Committer] = []
    private var isFinished = false
    private var lastNumber = 0

    init(limits: Limits) {
        self.limits = limits
    }

    /// How many requests wait for a commit to begin.
    var waitingCount: Int {
        waiting.count
    }

    /// Takes requests in.
    mutating func submit(_ requests: [Request]) -> Submission {
        guard !isFinished else { return .turnAway }
        waiting.append(contentsOf: requests)
        return .start(start { $0.isWorthACommit })
    }

    /// Lets idle committers begin that were held back behind a commit that takes long, because of a lost connection perhaps.
    mutating func startHeldBack() -> [(committer: Committer, commit: Commit)] {
        start { !$0.waiting.isEmpty }
    }

    private mutating func start(while isDue: (Self) -> Bool) -> [(committer: Committer, commit: Commit)] {
        var started: [(committer: Committer, commit: Commit)] = []
        while isDue(self), let committer = idleCommitters.popLast() {
            started.append((committer, nextCommit()))
        }
        return started
    }

    /// Whether what waits should be committed now, beside what is being committed.
    private var isWorthACommit: Bool {
        guard !waiting.isEmpty else { return false }
        let needed = running.values.reduce(0) { max($0, $1.holdsBack) }
        return isFinished || waiting.count >= needed
    }

    /// Says that a committer has nothing to do.
    mutating func committerIsIdle(_ committer: Committer) -> CommitterAction {
        guard !isWorthACommit else { return .carryOut(nextCommit()) }
        guard !isFinished else { return .stop }
        idleCommitters.append(committer)
        return .wait
    }

    /// Ends a commit, whatever became of it.
    ///
    /// - Returns: Who waits for its outcome, in the order of its deliveries; none where their patience had ended.
    mutating func ended(_ number: Int) -> [Waiter] {
        running.removeValue(forKey: number)?.waiters ?? []
    }

    /// Ends the waiting of those who have waited too long.
    ///
    /// Their commits go on if they run already.
    mutating func expire(at now: NIODeadline) -> Expiry {
        var expiry = Expiry()
        for number in running.keys.sorted() {
            guard let commit = running[number], commit.oldest + limits.timeouts <= now else { continue }
            expiry.waiters += commit.waiters
            running[number]?.waiters = []
        }
        while let request = waiting.first, request.since + limits.timeouts <= now {
            drop(waiting.removeFirst(), into: &expiry)
        }
        return expiry
    }

    /// Takes no more requests in; committers stop once nothing waits.
    ///
    /// - Returns: The committers to stop now.
    mutating func finish() -> [Committer] {
        isFinished = true
        defer { idleCommitters = [] }
        return idleCommitters
    }

    /// Drops what waits and has not been started.
    mutating func abandon() -> Expiry {
        var expiry = Expiry()
        while let request = waiting.popFirst() {
            drop(request, into: &expiry)
        }
        return expiry
    }

    private func drop(_ request: Request, into expiry: inout Expiry) {
        expiry.waiters.append(request.waiter)
        expiry.droppedRequests += 1
        expiry.droppedBytes += request.charged
    }

    private static func needed(beside count: Int) -> Int {
        count <= smallCommit ? count : max(count, worthACommit)
    }

    /// Makes a commit of what waits, oldest first; a request that is over the limit alone goes alone.
    private mutating func nextCommit() -> Commit {
        var deliveries: [IncomingDelivery] = []
        var waiters: [Waiter] = []
        var charged = 0
        var bytes = 0
        let oldest = waiting.first?.since ?? .distantFuture
        while let request = waiting.first, deliveries.count < limits.requests {
            bytes += request.delivery.body.count
            guard deliveries.isEmpty || bytes <= limits.bytes else { break }
            waiting.removeFirst()
            deliveries.append(request.delivery)
            waiters.append(request.waiter)
            charged += request.charged
        }
        lastNumber += 1
        let holdsBack = !waiting.isEmpty ? 0 : Self.needed(beside: waiters.count)
        running[lastNumber] = Running(waiters: waiters, holdsBack: holdsBack, oldest: oldest)
        return Commit(number: lastNumber, deliveries: deliveries, charged: charged)
    }
}
