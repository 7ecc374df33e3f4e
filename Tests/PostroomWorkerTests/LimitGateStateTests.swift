import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("The state of a limited handler's gate")
struct LimitGateStateTests {
    private func shared(_ slots: Int, of target: Int) -> LimitGateState {
        var gate = LimitGateState(hasShare: true, rate: nil)
        _ = gate.adjusted(HandlerShare(handler: "x", slots: slots, target: target))
        return gate
    }

    @Test("a claim sets permits aside, and each job holds one until its attempt returned")
    func permits() {
        var gate = shared(3, of: 3)
        #expect(gate.available(at: .zero) == 3)
        gate.ask(2)
        #expect(gate.available(at: .zero) == 1)
        gate.began()
        _ = gate.answered(2, claimed: 1)
        #expect(gate.available(at: .zero) == 2)
        _ = gate.ended()
        #expect(gate.available(at: .zero) == 3)
    }

    @Test("what exceeds the target is not used again, and given back once it is not used")
    func shrinking() {
        var gate = shared(5, of: 5)
        for _ in 0..<4 {
            gate.began()
        }
        #expect(gate.kept == 5)
        _ = gate.adjusted(HandlerShare(handler: "x", slots: 5, target: 3))
        #expect(gate.available(at: .zero) == 0)
        #expect(gate.canShrink)
        #expect(gate.kept == 4)
        _ = gate.adjusted(HandlerShare(handler: "x", slots: 4, target: 3))
        #expect(!gate.canShrink)
        _ = gate.ended()
        #expect(gate.canShrink)
        #expect(gate.kept == 3)
        _ = gate.adjusted(HandlerShare(handler: "x", slots: 3, target: 3))
        #expect(gate.available(at: .zero) == 0)
        _ = gate.ended()
        #expect(gate.available(at: .zero) == 1)
    }

    @Test("without a share nothing is available, and a new identity keeps what still runs")
    func lost() {
        var gate = shared(2, of: 2)
        gate.began()
        _ = gate.adjusted(nil)
        #expect(gate.available(at: .zero) == 0)
        #expect(gate.kept == 1)
    }

    @Test("the retry signal is asked for once, and comes with the first permit")
    func signal() {
        var gate = shared(1, of: 1)
        let isEarly = gate.requestSignal(at: .zero)
        #expect(!isEarly)
        gate.began()
        let isAsked = gate.requestSignal(at: .zero)
        #expect(isAsked)
        let first = gate.ended()
        gate.began()
        let second = gate.ended()
        #expect(first && !second)
    }

    @Test("cells are used by claims, come back where nothing was claimed, and expire")
    func cells() {
        var gate = LimitGateState(hasShare: false, rate: CellRate(.perMinute(100)))
        #expect(gate.available(at: .zero) == 0)
        #expect(gate.wantsCells(at: .zero))
        let lot = CellLot(handler: "x", count: 2, wait: .milliseconds(600))
        gate.took(lot, askedAt: .zero, at: .milliseconds(5))
        #expect(gate.available(at: .milliseconds(5)) == 2)
        gate.ask(2)
        #expect(gate.available(at: .milliseconds(5)) == 0)
        #expect(!gate.wantsCells(at: .milliseconds(5)))
        #expect(gate.nextCellAt == .milliseconds(605))
        let isCellAwaited = gate.requestSignal(at: .milliseconds(604))
        let isCellThere = !gate.requestSignal(at: .milliseconds(605))
        #expect(isCellAwaited && isCellThere)
        #expect(gate.wantsCells(at: .milliseconds(605)))
        _ = gate.answered(2, claimed: 1)
        #expect(gate.available(at: .milliseconds(999)) == 1)
        #expect(gate.available(at: .seconds(1)) == 0)
        gate.took(nil, askedAt: .seconds(2), at: .seconds(2))
        #expect(gate.wantsCells(at: .seconds(2)))
    }

    @Test("what is kept for a suspect is not for retries, and told when it is there")
    func suspects() {
        var gate = shared(1, of: 1)
        gate.began()
        let isThere = gate.keep(at: .zero)
        #expect(!isThere)
        let isForRetries = gate.ended()
        #expect(!isForRetries)
        #expect(gate.isReady(at: .zero))
        #expect(gate.available(at: .zero) == 0)
        _ = gate.requestSignal(at: .zero)
        let isSignalled = gate.release()
        #expect(isSignalled)
        #expect(gate.available(at: .zero) == 1)
    }
}
