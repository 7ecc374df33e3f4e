import NIOCore
import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("The rules of group commit")
struct CommitQueueTests {
    typealias Queue = CommitQueue<String>

    /// A client that is told nothing.
    private final class Client: CommitClient {
        func committed(_ results: [CommitResult]) {}
    }

    /// The events of a queue.
    enum Event {
        case submit(ClosedRange<Int>, bytes: Int = 1)
        case late(ClosedRange<Int>, after: Int64)
        case idle(String)
        case ended(Int)
        case expire(after: Int64)
        case startHeldBack
        case finish
        case abandon
    }

    struct Story: CustomTestStringConvertible {
        let name: String
        var requests = 256
        var bytes = 1000
        var share = Int.max
        var stall: TimeAmount?
        /// Each event with what it does, in words.
        let steps: [(event: Event, effect: String)]

        var testDescription: String { name }
    }

    static let stories = [
        Story(
            name: "a request that finds a committer idle is committed at once",
            steps: [(.idle("A"), "waits"), (.submit(1...1), "A commits 1 of [1]")]
        ),
        Story(
            name: "requests that come during a commit go together into the next one",
            steps: [
                (.idle("A"), "waits"), (.submit(1...1), "A commits 1 of [1]"), (.submit(2...3), ""),
                (.submit(4...4), ""),
                (.ended(1), "tells [1]"), (.idle("A"), "commits 2 of [2, 3, 4]"), (.ended(2), "tells [2, 3, 4]"),
            ]
        ),
        Story(
            name: "beside a commit that is not small another begins only if it is worth it",
            steps: [
                (.submit(1...5), ""), (.idle("A"), "commits 1 of [1, 2, 3, 4, 5]"), (.idle("B"), "waits"),
                (.submit(6...36), ""), (.submit(37...37), "B commits 2 of \(Array(6...37))"),
            ]
        ),
        Story(
            name: "another committer begins beside a small commit once as many requests wait as that one holds",
            steps: [
                (.submit(1...3), ""), (.idle("A"), "commits 1 of [1, 2, 3]"), (.idle("B"), "waits"),
                (.submit(4...5), ""), (.submit(6...6), "B commits 2 of [4, 5, 6]"),
                (.submit(7...7), ""), (.ended(1), "tells [1, 2, 3]"), (.idle("A"), "waits"),
                (.ended(2), "tells [4, 5, 6]"), (.idle("B"), "commits 3 of [7]"),
            ]
        ),
        Story(
            name: "who is held back behind a commit that takes long does not wait for it for ever",
            steps: [
                (.submit(1...3), ""), (.idle("A"), "commits 1 of [1, 2, 3]"), (.idle("B"), "waits"),
                (.submit(4...4), ""), (.startHeldBack, "B commits 2 of [4]"), (.startHeldBack, ""),
            ]
        ),
        Story(
            name: "a finished queue holds nobody back",
            steps: [
                (.submit(1...3), ""), (.idle("A"), "commits 1 of [1, 2, 3]"), (.submit(4...4), ""),
                (.finish, "stops []"), (.idle("B"), "commits 2 of [4]"),
            ]
        ),
        Story(
            name: "a commit holds no more requests than allowed",
            requests: 2,
            steps: [(.submit(1...5), ""), (.idle("A"), "commits 1 of [1, 2]"), (.idle("B"), "commits 2 of [3, 4]")]
        ),
        Story(
            name: "what does not fit one commit starts another where a committer is idle",
            requests: 2,
            steps: [
                (.idle("A"), "waits"), (.idle("B"), "waits"),
                (.submit(1...3), "B commits 1 of [1, 2], A commits 2 of [3]"),
            ]
        ),
        Story(
            name: "a commit holds no more bytes than allowed",
            bytes: 100,
            steps: [
                (.submit(1...3, bytes: 50), ""), (.idle("A"), "commits 1 of [1, 2]"), (.idle("B"), "commits 2 of [3]"),
            ]
        ),
        Story(
            name: "a request over the limit of bytes goes alone",
            bytes: 100,
            steps: [
                (.submit(1...2, bytes: 500), ""), (.idle("A"), "commits 1 of [1]"), (.idle("B"), "commits 2 of [2]"),
            ]
        ),
        Story(
            name: "who has waited long enough is told so while the commit goes on",
            steps: [
                (.submit(1...1), ""), (.idle("A"), "commits 1 of [1]"), (.expire(after: 14), ""),
                (.expire(after: 15), "tells [1]"), (.ended(1), "tells []"),
            ]
        ),
        Story(
            name: "who waited for a committer for too long is not committed at all",
            steps: [(.submit(1...2), ""), (.expire(after: 15), "tells [1, 2], drops 2"), (.idle("A"), "waits")]
        ),
        Story(
            name: "one of several refuses at once behind a commit that is stuck, and drops what waits for it",
            stall: .seconds(1),
            steps: [
                (.idle("A"), "waits"), (.submit(1...1), "A commits 1 of [1]"), (.submit(2...2), ""),
                (.late(3...3, after: 1), "refused"), (.expire(after: 1), "tells [2], drops 1"),
                (.expire(after: 15), "tells [1]"), (.ended(1), "tells []"), (.idle("A"), "waits"),
                (.late(4...4, after: 16), "A commits 2 of [4]"),
            ]
        ),
        Story(
            name: "one of several refuses what exceeds its share",
            share: 3,
            stall: .seconds(1),
            steps: [
                (.idle("A"), "waits"), (.submit(1...2), "A commits 1 of [1, 2]"), (.submit(3...4), "refused"),
                (.submit(3...3), ""), (.submit(4...4), "refused"), (.ended(1), "tells [1, 2]"), (.submit(4...4), ""),
            ]
        ),
        Story(
            name: "the only one refuses nothing",
            steps: [
                (.idle("A"), "waits"), (.submit(1...1), "A commits 1 of [1]"), (.late(2...2, after: 14), ""),
            ]
        ),
        Story(
            name: "a finished queue turns requests away and stops committers once nothing waits",
            steps: [
                (.submit(1...1), ""), (.finish, "stops []"), (.submit(2...2), "turned away"),
                (.idle("A"), "commits 1 of [1]"), (.idle("A"), "stops"),
            ]
        ),
        Story(
            name: "finishing stops the committers that wait",
            steps: [(.idle("A"), "waits"), (.idle("B"), "waits"), (.finish, "stops [\"A\", \"B\"]")]
        ),
        Story(
            name: "what is abandoned is told and dropped",
            steps: [(.submit(1...2), ""), (.abandon, "tells [1, 2], drops 2"), (.idle("A"), "waits")]
        ),
    ]

    @Test("group commit follows its rules", arguments: stories)
    func story(_ story: Story) {
        let limits = Queue.Limits(
            requests: story.requests,
            bytes: story.bytes,
            timeout: .seconds(15),
            share: story.share,
            stall: story.stall
        )
        var queue = Queue(limits: limits)
        for (event, effect) in story.steps {
            #expect(Self.apply(event, to: &queue) == effect, "\(event)")
        }
    }

    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func apply(_ event: Event, to queue: inout Queue) -> String {
        switch event {
        case .submit(let waiters, let bytes):
            return words(queue.submit(waiters.map { request($0, bytes: bytes) }, for: Client()))
        case .late(let waiters, let seconds):
            return words(queue.submit(waiters.map { request($0, bytes: 1, after: seconds) }, for: Client()))
        case .idle(let committer):
            switch queue.committerIsIdle(committer) {
            case .carryOut(let commit): return words(commit)
            case .wait: return "waits"
            case .stop: return "stops"
            }
        case .ended(let number): return "tells \(queue.ended(number).map(\.ticket))"
        case .expire(let seconds): return words(queue.expire(at: start + .seconds(seconds)))
        case .startHeldBack:
            return queue.startHeldBack().map { "\($0.committer) \(words($0.commit))" }.joined(separator: ", ")
        case .finish: return "stops \(queue.finish())"
        case .abandon: return words(queue.abandon())
        }
    }

    private static func words(_ submission: Queue.Submission) -> String {
        switch submission {
        case .turnAway: "turned away"
        case .refuse: "refused"
        case .start(let commits):
            commits.map { "\($0.committer) \(words($0.commit))" }.joined(separator: ", ")
        }
    }

    private static func words(_ commit: Commit) -> String {
        "commits \(commit.number) of \(commit.deliveries.map { Int($0.identity.idempotencyKey) ?? 0 })"
    }

    private static func words(_ expiry: Queue.Expiry) -> String {
        guard !expiry.waiters.isEmpty else { return "" }
        return "tells \(expiry.waiters.map(\.ticket))"
            + (expiry.droppedRequests == 0 ? "" : ", drops \(expiry.droppedRequests)")
    }

    private static func request(_ number: Int, bytes: Int, after seconds: Int64 = 0) -> CommitRequest {
        let delivery = IncomingDelivery(
            endpoint: "open",
            source: "test",
            identity: DeliveryIdentity(eventType: nil, idempotencyKey: "\(number)"),
            headers: Headers(),
            body: Array(repeating: 0, count: bytes)
        )
        return CommitRequest(delivery: delivery, charged: bytes, since: start + .seconds(seconds), ticket: number)
    }
}
