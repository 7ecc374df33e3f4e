import TestSupport
import Testing

/// The inbox in Postgres and the one in memory do the same in random sequences of calls: what the model proves of the one
/// holds for the other.
@Suite("The inbox in Postgres, beside the one in memory")
struct DifferentialTests {
    @Test("answers the same and holds the same after each step", .timeLimit(.minutes(3)), arguments: [UInt64(1), 2])
    func same(seed: UInt64) async throws {
        try await TestInbox.with { test in
            let memory = InMemoryInbox()
            var model = Side(InboxUnderTest(intake: memory, queue: memory, inspection: memory))
            var real = Side(InboxUnderTest(intake: test.inbox, queue: test.inbox, inspection: test))
            var steps = Steps(seed: seed)
            var history: [String] = []
            for _ in 0..<120 {
                var other = steps
                let expected = try await model.step(&steps)
                let found = try await real.step(&other)
                history.append(expected)
                try #require(found == expected, "seed \(seed), step \(history.count): \(history.suffix(12))")
                let expectedView = try await model.view()
                let foundView = try await real.view()
                let difference = foundView.difference(from: expectedView)
                try #require(difference.isEmpty, "seed \(seed): \(difference); after \(history.suffix(12))")
            }
        }
    }

    @Test("orders, supersedes and finishes the same", .timeLimit(.minutes(3)), arguments: [UInt64(1), 2, 3])
    func sameOrder(seed: UInt64) async throws {
        try await TestInbox.with { test in
            let memory = InMemoryInbox()
            var model = OrderSide(InboxUnderTest(intake: memory, queue: memory, inspection: memory))
            var real = OrderSide(InboxUnderTest(intake: test.inbox, queue: test.inbox, inspection: test))
            var steps = Steps(seed: seed)
            var history: [String] = []
            for _ in 0..<150 {
                var other = steps
                let expected = try await model.step(&steps)
                let found = try await real.step(&other)
                history.append(expected)
                try #require(found == expected, "seed \(seed), step \(history.count): \(history.suffix(12))")
                try #require(real.violations == [] && model.violations == [], "\(history.suffix(12))")
                let expectedView = try await model.view()
                let foundView = try await real.view()
                let difference = foundView.difference(from: expectedView)
                try #require(difference.isEmpty, "seed \(seed): \(difference); after \(history.suffix(12))")
            }
        }
    }
}
