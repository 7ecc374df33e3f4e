import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("What a worker holds")
struct SessionStateTests {
    private let handled = JobOutcome.handled(duration: .zero)

    private func chunk(_ retry: HeldRetry) -> SettlementChunk {
        SettlementChunk(retries: [RetrySettlement(key: retry.retry.key, outcome: handled)])
    }

    @Test("a retry that was claimed again after a lost reply is not settled again by the old settlement")
    func claimedAgain() {
        var state = Fixture.state()
        let retry = Fixture.retry(1)
        state.took(retry)
        state.failed(chunk(retry))
        state.took(Fixture.retry(1))
        var next = state.settlements.take(at: .zero)
        state.dropSettled(&next)
        #expect(next.isEmpty)
        #expect(state.held.retries == [retry.retry.key])
        #expect(state.budget.held.count == 1)
        #expect(!state.hasUncertainRetries)
    }

    @Test("a settlement whose reply was lost is sent again, and is no late one")
    func sentAgain() {
        var state = Fixture.state()
        let retry = Fixture.retry(1)
        state.took(retry)
        state.failed(chunk(retry))
        var next = state.settlements.take(at: .zero)
        state.dropSettled(&next)
        #expect(next.retries.count == 1)
        #expect(state.hasUncertainRetries)
        let isLate = state.settled(retry.retry.key, isLost: true)
        #expect(!isLate)
        #expect(state.isEmpty)
        #expect(state.budget.held.count == 0)
    }

    @Test("a retry that is claimed again before its settlement's reply is read stays held")
    func overtaken() {
        var state = Fixture.state()
        let retry = Fixture.retry(1)
        state.took(retry)
        state.took(Fixture.retry(1))
        let isLate = state.settled(retry.retry.key, isLost: false)
        #expect(!isLate)
        #expect(state.held.retries == [retry.retry.key])
        #expect(state.budget.held.count == 1)
    }

    @Test("pairs that left their batch are held as retries, and settled as such")
    func left() {
        let session = Fixture.session()
        let run = Fixture.run(3, in: session)
        var state = Fixture.state()
        state.took(run)
        #expect(state.budget.held.count == 3)
        for pair in 0..<2 {
            #expect(run.begin(pair))
        }
        #expect(run.detachUnfinished() == 3)
        #expect(!run.begin(2))
        let outcomes = run.settlement(by: session.router).jobs.map(\.outcome)
        #expect(outcomes.count { if case .running = $0 { true } else { false } } == 2)
        // One ends between the settlement and its reply.
        run.end(0, handled)
        let isLost = state.settled(run, isLost: false)
        #expect(!isLost)
        #expect(state.budget.held.count == 2)
        let chunk = state.settlements.take(at: .zero)
        #expect(chunk.retries.map(\.key.delivery.ordinal) == [0])
        #expect(state.held.batches.isEmpty)
        #expect(state.held.retries.count == 2)
    }

    @Test("nothing of a batch that was lost is settled")
    func lost() {
        let session = Fixture.session()
        let run = Fixture.run(1, in: session)
        var state = Fixture.state()
        state.took(run)
        #expect(run.begin(0))
        _ = run.detachUnfinished()
        _ = run.settlement(by: session.router)
        let isLost = state.settled(run, isLost: true)
        #expect(isLost)
        run.end(0, handled)
        #expect(state.isEmpty)
        #expect(session.with { $0.settlements.take(at: .zero).retries.isEmpty })
    }
}
