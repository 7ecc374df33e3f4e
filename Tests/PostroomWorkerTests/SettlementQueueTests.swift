import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("The settlements")
struct OutboxTests {
    private func retry(_ number: Int64) -> RetrySettlement {
        let key = RetryKey(delivery: DeliveryID(rawValue: number), handler: "mail")
        return RetrySettlement(key: key, outcome: .handled(duration: .zero))
    }

    private func numbers(_ chunk: SettlementChunk) -> [Int64] {
        chunk.retries.map(\.key.delivery.rawValue)
    }

    @Test("what was put back goes out first")
    func putBack() {
        let settlements = SettlementQueue()
        settlements.append(retry(1))
        let chunk = settlements.take(at: .zero)
        settlements.append(retry(2))
        settlements.putBack(chunk)
        let next = settlements.take(at: .zero)
        #expect(numbers(next) == [1, 2])
        #expect(settlements.isEmpty)
    }

    @Test("retries go with the next chunk, however many batches have ended", arguments: [0, 1, 1024, 5000])
    func share(batches: Int) {
        let settlements = SettlementQueue()
        let run = Fixture.run(1)
        for _ in 0..<batches {
            settlements.append(run)
        }
        for number in 1...5 {
            settlements.append(retry(Int64(number)))
        }
        var chunk = settlements.take(at: .zero)
        #expect(numbers(chunk) == [1, 2, 3, 4, 5])
        #expect(chunk.batches.count == min(batches, 1019))
        // Nor when all of it comes back.
        settlements.putBack(chunk)
        chunk = settlements.take(at: .zero)
        #expect(numbers(chunk) == [1, 2, 3, 4, 5])
        #expect(chunk.count == min(batches + 5, 1024))
    }

    @Test("a refused chunk is halved until the one that is refused alone is set aside, and comes back later")
    func refusal() {
        let settlements = SettlementQueue()
        for number in 1...8 {
            settlements.append(retry(Int64(number)))
        }
        var accepted: [Int64] = []
        var rounds = 0
        while accepted.count < 7, rounds < 50 {
            rounds += 1
            let chunk = settlements.take(at: .zero)
            if numbers(chunk).contains(3) {
                _ = settlements.refuse(chunk, until: .seconds(30))
            } else {
                accepted += numbers(chunk)
                settlements.accepted()
            }
        }
        #expect(accepted.sorted() == [1, 2, 4, 5, 6, 7, 8])
        #expect(!settlements.isEmpty)
        let early = settlements.take(at: .seconds(29))
        let late = settlements.take(at: .seconds(30))
        #expect(early.isEmpty)
        #expect(numbers(late) == [3])
    }

    /// A retry that the inbox refuses for its values, and what becomes of it.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let outcome: JobOutcome
        let steps: [SettlementQueueState.RefusalStep]
    }

    private static let key = RetryKey(delivery: DeliveryID(rawValue: 1), handler: "mail")
    private static let failure = AttemptFailure(attempt: 3, error: "poison", duration: .seconds(1))

    static let refusals = [
        Refusal(
            testDescription: "one that failed goes without its words, and waits where that is refused too",
            outcome: .owed(dueIn: .seconds(1), failure: failure),
            steps: [.silenced(key), .setAside]
        ),
        Refusal(
            testDescription: "one that died goes without its words, and waits where that is refused too",
            outcome: .dead(reason: .permanent, failure: failure),
            steps: [.silenced(key), .setAside]
        ),
        Refusal(
            testDescription: "one that said nothing waits",
            outcome: .handled(duration: .seconds(1)),
            steps: [.setAside]
        ),
    ]

    @Test("of retries that are refused alone for their values", arguments: refusals)
    func silenced(refusal: Refusal) {
        let settlements = SettlementQueue()
        settlements.append(RetrySettlement(key: Self.key, outcome: refusal.outcome))
        for step in refusal.steps {
            let chunk = settlements.take(at: .zero)
            #expect(numbers(chunk) == [1])
            #expect(settlements.refuse(chunk, isAboutValues: true, until: .seconds(30)) == step)
        }
        let early = settlements.take(at: .zero)
        #expect(early.isEmpty)
    }

    @Test("a refusal beside a claim says nothing of the one retry that went with it")
    func besideClaim() {
        let settlements = SettlementQueue()
        settlements.append(retry(1))
        let chunk = settlements.take(at: .zero)
        #expect(settlements.refuse(chunk, besideClaim: true, until: .seconds(30)) == .divided)
        #expect(settlements.isSearching)
        let again = settlements.take(at: .zero)
        #expect(numbers(again) == [1])
    }
}
