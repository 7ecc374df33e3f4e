import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("The outbox")
struct OutboxTests {
    private func retry(_ number: Int64) -> RetrySettlement {
        let key = RetryKey(shard: 0, delivery: DeliveryID(rawValue: number), handler: "mail")
        return RetrySettlement(key: key, outcome: .handled(duration: .zero))
    }

    private func numbers(_ parcel: Outbox.Parcel) -> [Int64] {
        parcel.retries.map(\.key.delivery.rawValue)
    }

    @Test("what was put back goes out first")
    func putBack() {
        var outbox = Outbox()
        outbox.append(retry(1))
        let parcel = outbox.take(at: .zero)
        outbox.append(retry(2))
        outbox.putBack(parcel)
        let next = outbox.take(at: .zero)
        #expect(numbers(next) == [1, 2])
        #expect(outbox.isEmpty)
    }

    @Test("retries go with the next parcel, however many batches have ended", arguments: [0, 1, 1024, 5000])
    func share(batches: Int) {
        var outbox = Outbox()
        let run = Fixture.run(1)
        for _ in 0..<batches {
            outbox.append(run)
        }
        for number in 1...5 {
            outbox.append(retry(Int64(number)))
        }
        var parcel = outbox.take(at: .zero)
        #expect(numbers(parcel) == [1, 2, 3, 4, 5])
        #expect(parcel.batches.count == min(batches, 1019))
        // Nor when all of it comes back.
        outbox.putBack(parcel)
        parcel = outbox.take(at: .zero)
        #expect(numbers(parcel) == [1, 2, 3, 4, 5])
        #expect(parcel.count == min(batches + 5, 1024))
    }

    @Test("a refused parcel is halved until the one that is refused alone is set aside, and comes back later")
    func refusal() {
        var outbox = Outbox()
        for number in 1...8 {
            outbox.append(retry(Int64(number)))
        }
        var accepted: [Int64] = []
        var rounds = 0
        while accepted.count < 7, rounds < 50 {
            rounds += 1
            let parcel = outbox.take(at: .zero)
            if numbers(parcel).contains(3) {
                _ = outbox.refuse(parcel, until: .seconds(30))
            } else {
                accepted += numbers(parcel)
                outbox.accepted()
            }
        }
        #expect(accepted.sorted() == [1, 2, 4, 5, 6, 7, 8])
        #expect(!outbox.isEmpty)
        let early = outbox.take(at: .seconds(29))
        let late = outbox.take(at: .seconds(30))
        #expect(early.isEmpty)
        #expect(numbers(late) == [3])
    }

    /// A retry that the inbox refuses for its values, and what becomes of it.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let outcome: PairOutcome
        let steps: [Outbox.RefusalStep]
    }

    private static let key = RetryKey(shard: 0, delivery: DeliveryID(rawValue: 1), handler: "mail")
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
        var outbox = Outbox()
        outbox.append(RetrySettlement(key: Self.key, outcome: refusal.outcome))
        for step in refusal.steps {
            let parcel = outbox.take(at: .zero)
            #expect(numbers(parcel) == [1])
            #expect(outbox.refuse(parcel, isAboutValues: true, until: .seconds(30)) == step)
        }
        let early = outbox.take(at: .zero)
        #expect(early.isEmpty)
    }

    @Test("a refusal beside a claim says nothing of the one retry that went with it")
    func besideClaim() {
        var outbox = Outbox()
        outbox.append(retry(1))
        let parcel = outbox.take(at: .zero)
        #expect(outbox.refuse(parcel, besideClaim: true, until: .seconds(30)) == .divided)
        #expect(outbox.isSearching)
        let again = outbox.take(at: .zero)
        #expect(numbers(again) == [1])
    }
}
