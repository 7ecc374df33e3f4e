import NIOCore
import PostroomCore

/// A group of requests that are committed together.
struct Commit: Sendable {
    /// Its number in this receiver.
    let number: Int
    let deliveries: [IncomingDelivery]
    /// The bytes that the budget gave for their bodies.
    let charged: Int
}

/// The rules of group commit, without I/O: the requests that are committed together, and those who wait for a commit.
///
/// Committers carry commits out, one at a time each. A request that finds all of them idle starts a commit at once; what
/// arrives meanwhile goes together into the next one. Another committer begins beside a commit once as many requests wait
/// as that one holds, and beside one that is not small only if it is worth it: commits grow with the load, and cost
/// Postgres less a request, while few requests hardly wait for each other.
struct CommitQueue<Committer: Sendable>: Sendable {
    /// The bounds of one commit.
    struct Limits: Sendable {
        var requests: Int
        var bytes: Int
        /// The time that a request waits for its outcome.
        var timeout: TimeAmount
        /// The most requests that wait here or are being committed, where others commit elsewhere.
        var share = Int.max
        /// The age of a commit at which the server counts as stuck, where others commit elsewhere: requests are refused at
        /// once, so that what they hold is there for those.
        var stall: TimeAmount?
    }

    /// The reaction to requests that came in.
    enum Submission {
        /// These committers carry out these commits; the rest waits.
        case start([(committer: Committer, commit: Commit)])
        /// The requests are turned away: no committer will run again.
        case turnAway
        /// The requests are not stored: the server is stuck, or more wait for it than their share.
        case refuse
    }

    /// The next step of a committer without a commit.
    enum CommitterAction {
        case carryOut(Commit)
        case wait
        case stop
    }

    /// The requests whose wait ended.
    struct Expiry {
        /// Everyone who has waited too long.
        var waiters: [CommitWaiter] = []
        /// The number of requests among them that will not be committed at all.
        var droppedRequests = 0
        /// The bytes that the budget gave for the bodies of those.
        var droppedBytes = 0
    }

    private struct Waiting: Sendable {
        let request: CommitRequest
        let client: any CommitClient

        var waiter: CommitWaiter {
            CommitWaiter(client: client, ticket: request.ticket)
        }
    }

    private struct Running: Sendable {
        var waiters: [CommitWaiter]
        /// The number of requests that must wait before another commit begins beside it; none where it is full.
        let holdsBack: Int
        let oldest: NIODeadline
    }

    /// The most requests of a small commit, and the number that it takes to begin another beside one that is not.
    ///
    /// With 64 connections over HTTP, where a commit holds about 15, one committer accepted 17.9k requests a second at a
    /// p99 of 7.4 ms, and two that shared the load 14.0k at 8.7 ms (`postroom bench http --connections 1` and `2`). With
    /// 512 requests under way, about 130 a commit, two committers stored 1.4 times what one did (`postroom bench ingest`).
    private static var smallCommit: Int { 4 }
    private static var worthACommit: Int { 32 }

    private let limits: Limits
    private var waiting = CircularBuffer<Waiting>()
    private var running: [Int: Running] = [:]
    private var idleCommitters: [Committer] = []
    private var isFinished = false
    private var lastNumber = 0

    init(limits: Limits) {
        self.limits = limits
    }

    /// The number of requests that wait for a commit to begin.
    var waitingCount: Int {
        waiting.count
    }

    /// Takes requests in, for a client that will be told their outcome.
    mutating func submit(_ requests: [CommitRequest], for client: any CommitClient) -> Submission {
        guard !isFinished else { return .turnAway }
        if limits.stall != nil, let now = requests.first?.since, isStuck(at: now) || isOverShare(requests.count) {
            return .refuse
        }
        waiting.append(contentsOf: requests.lazy.map { Waiting(request: $0, client: client) })
        return .start(start { $0.isWorthACommit })
    }

    /// True where a commit is under way for so long that nothing more should wait behind it.
    private func isStuck(at now: NIODeadline) -> Bool {
        guard let stall = limits.stall else { return false }
        return running.values.contains { $0.oldest + stall <= now }
    }

    private func isOverShare(_ more: Int) -> Bool {
        waiting.count + running.values.reduce(0) { $0 + $1.waiters.count } + more > limits.share
    }

    /// Lets idle committers begin that were held back behind a commit that takes long, perhaps for a lost connection.
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

    /// True where what waits should be committed now, beside what is being committed.
    private var isWorthACommit: Bool {
        guard !waiting.isEmpty else { return false }
        let needed = running.values.reduce(0) { max($0, $1.holdsBack) }
        return isFinished || waiting.count >= needed
    }

    /// Takes note that a committer has nothing to do.
    mutating func committerIsIdle(_ committer: Committer) -> CommitterAction {
        guard !isWorthACommit else { return .carryOut(nextCommit()) }
        guard !isFinished else { return .stop }
        idleCommitters.append(committer)
        return .wait
    }

    /// Ends a commit, whatever became of it.
    ///
    /// - Returns: Those who wait for its outcome, in the order of its deliveries; none where they have waited too long.
    mutating func ended(_ number: Int) -> [CommitWaiter] {
        running.removeValue(forKey: number)?.waiters ?? []
    }

    /// Ends the wait of those who have waited too long.
    ///
    /// Their commits go on if they run already.
    mutating func expire(at now: NIODeadline) -> Expiry {
        var expiry = Expiry()
        for number in running.keys.sorted() {
            guard let commit = running[number], commit.oldest + limits.timeout <= now else { continue }
            expiry.waiters += commit.waiters
            running[number]?.waiters = []
        }
        let patience = isStuck(at: now) ? limits.stall ?? limits.timeout : limits.timeout
        while let first = waiting.first, first.request.since + patience <= now {
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
        while let first = waiting.popFirst() {
            drop(first, into: &expiry)
        }
        return expiry
    }

    private func drop(_ waiting: Waiting, into expiry: inout Expiry) {
        expiry.waiters.append(waiting.waiter)
        expiry.droppedRequests += 1
        expiry.droppedBytes += waiting.request.charged
    }

    private static func needed(beside count: Int) -> Int {
        count <= smallCommit ? count : max(count, worthACommit)
    }

    /// Makes a commit of what waits, oldest first; a request that is over the limit alone goes alone.
    private mutating func nextCommit() -> Commit {
        var deliveries: [IncomingDelivery] = []
        var waiters: [CommitWaiter] = []
        var charged = 0
        var bytes = 0
        let oldest = waiting.first?.request.since ?? .distantFuture
        while let next = waiting.first, deliveries.count < limits.requests {
            bytes += next.request.delivery.body.count
            guard deliveries.isEmpty || bytes <= limits.bytes else { break }
            waiting.removeFirst()
            deliveries.append(next.request.delivery)
            waiters.append(next.waiter)
            charged += next.request.charged
        }
        lastNumber += 1
        let holdsBack = !waiting.isEmpty ? 0 : Self.needed(beside: waiters.count)
        running[lastNumber] = Running(waiters: waiters, holdsBack: holdsBack, oldest: oldest)
        return Commit(number: lastNumber, deliveries: deliveries, charged: charged)
    }
}
