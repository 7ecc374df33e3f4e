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
        let limits = Queue.Limits(requests: story.requests, bytes: story.bytes, timeout: .seconds(15))
        var queue = Queue(limits: limits)
        for (event, effect) in story.steps {
            #expect(Self.apply(event, to: &queue) == effect, "\(event)")
        }
    }

    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func apply(_ event: Event, to queue: inout Queue) -> String {
        switch event {
        case .submit(let waiters, let bytes):
            switch queue.submit(waiters.map { request($0, bytes: bytes) }, for: Client()) {
            case .turnAway: return "turned away"
            case .start(let commits):
                return commits.map { "\($0.committer) \(words($0.commit))" }.joined(separator: ", ")
            }
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

    private static func words(_ commit: Commit) -> String {
        "commits \(commit.number) of \(commit.deliveries.map { Int($0.identity.idempotencyKey) ?? 0 })"
    }

    private static func words(_ expiry: Queue.Expiry) -> String {
        guard !expiry.waiters.isEmpty else { return "" }
        return "tells \(expiry.waiters.map(\.ticket))"
            + (expiry.droppedRequests == 0 ? "" : ", drops \(expiry.droppedRequests)")
    }

    private static func request(_ number: Int, bytes: Int) -> CommitRequest {
        let delivery = IncomingDelivery(
            endpoint: "open",
            source: "test",
            identity: DeliveryIdentity(eventType: nil, idempotencyKey: "\(number)"),
            headers: Headers(),
            body: Array(repeating: 0, count: bytes)
        )
        return CommitRequest(delivery: delivery, charged: bytes, since: start, ticket: number)
    }
}
