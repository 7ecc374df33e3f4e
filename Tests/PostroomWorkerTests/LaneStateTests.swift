import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("The state of a lane")
struct LaneStateTests {
    private func wakes(_ lane: inout LaneState) -> Bool {
        if case .spawn = lane.wake() { true } else { false }
    }

    private func takesWork(_ lane: inout LaneState, _ slot: Int, at now: Duration) -> Bool {
        isRun(lane.ask(slot, at: now))
    }

    private func isRun(_ step: LaneState.Step) -> Bool {
        if case .run = step { true } else { false }
    }

    private func isLeave(_ step: LaneState.Step) -> Bool {
        if case .leave = step { true } else { false }
    }

    private func lane(slots: Int, jobs count: Int) -> LaneState {
        var lane = LaneState(slots: slots, waitingPerSlot: 2, stall: .milliseconds(100))
        for job in Fixture.jobs(count) {
            lane.enqueue(job, at: .zero)
        }
        return lane
    }

    @Test("one runner is called at a time, and each that takes work calls the next, up to the slots")
    func chain() {
        var lane = lane(slots: 2, jobs: 5)
        #expect(wakes(&lane))
        #expect(!wakes(&lane))
        #expect(takesWork(&lane, 0, at: .zero))
        #expect(wakes(&lane))
        #expect(takesWork(&lane, 1, at: .zero))
        #expect(!wakes(&lane))
        #expect(lane.running == 2)
        #expect(lane.waiting.count == 3)
    }

    @Test("a runner takes its next pair as it ends the last")
    func next() {
        var lane = lane(slots: 1, jobs: 2)
        _ = lane.wake()
        _ = lane.ask(0, at: .zero)
        let finish = lane.finish(0, .success, at: .milliseconds(1))
        #expect(finish.end == .own)
        #expect(isRun(finish.step))
        #expect(lane.running == 1)
    }

    @Test("a runner whose attempt was cancelled leaves, and its slot is free again")
    func cancelled() {
        var lane = lane(slots: 1, jobs: 2)
        _ = lane.wake()
        _ = lane.ask(0, at: .zero)
        let slots = lane.cancel(.timedOut, at: .seconds(1)) { _, since in since == .zero }
        #expect(slots == [0])
        #expect(!wakes(&lane))
        let finish = lane.finish(0, .success, at: .seconds(1))
        #expect(finish.end == .timedOut)
        #expect(isLeave(finish.step))
        #expect(wakes(&lane))
    }

    @Test("an attempt is cancelled once")
    func cancelledOnce() {
        var lane = lane(slots: 1, jobs: 1)
        _ = lane.wake()
        _ = lane.ask(0, at: .zero)
        let first = lane.cancel(.timedOut, at: .seconds(1)) { _, _ in true }
        let second = lane.cancel(.shutdown, at: .seconds(2)) { _, _ in true }
        #expect(first == [0])
        #expect(second == [])
    }

    @Test("a zombie gives up its slot and its result, until there are as many as slots")
    func zombies() {
        var lane = lane(slots: 1, jobs: 4)
        for slot in 0..<2 {
            #expect(wakes(&lane))
            #expect(takesWork(&lane, slot, at: .zero))
            _ = lane.cancel(.timedOut, at: .seconds(1)) { _, _ in true }
            let early = lane.abandon(cancelledBefore: .milliseconds(900), at: .seconds(2))
            let late = lane.abandon(cancelledBefore: .seconds(1), at: .seconds(2))
            #expect(early.isEmpty)
            #expect(late.count == 1)
        }
        #expect(lane.zombies == 2)
        #expect(lane.capacity == 0)
        #expect(!wakes(&lane))
        let finish = lane.finish(0, .success, at: .seconds(3))
        #expect(finish.end == .dropped)
        #expect(isLeave(finish.step))
        #expect(wakes(&lane))
    }

    @Test("pairs are refused where many wait and nothing moves, not where many wait and all goes fast")
    func admission() {
        var lane = lane(slots: 2, jobs: 5)
        #expect(lane.admits(at: .milliseconds(50)))
        #expect(!lane.admits(at: .milliseconds(100)))
        _ = lane.wake()
        _ = lane.ask(0, at: .milliseconds(100))
        #expect(lane.waiting.count == 4)
        #expect(lane.admits(at: .milliseconds(150)))
        // Attempts that take long show that what waits will wait long.
        _ = lane.finish(0, .success, at: .seconds(10))
        for job in Fixture.jobs(4) {
            lane.enqueue(job, at: .seconds(10))
        }
        #expect(!lane.admits(at: .seconds(10)))
    }

    @Test("a hungry lane asks for more when half of its slots are free")
    func hunger() {
        var lane = LaneState(slots: 2, waitingPerSlot: 2, stall: .milliseconds(100))
        for number in 0..<2 {
            lane.enqueue(Fixture.retryJob(number), at: .zero)
        }
        lane.becomeHungry()
        let isFedAtFirst = lane.isFed(at: .zero)
        _ = lane.wake()
        _ = lane.ask(0, at: .zero)
        _ = lane.finish(0, .success, at: .zero)
        let told = [isFedAtFirst, lane.isFed(at: .zero), lane.isFed(at: .zero)]
        #expect(told == [false, true, false])
    }

    @Test(
        "beside waiting pairs of batches retries keep an eighth of the slots, at least one",
        arguments: [
            (1, 1), (2, 1), (15, 1), (16, 2), (64, 8),
        ]
    )
    func share(slots: Int, share: Int) {
        var lane = LaneState(slots: slots, waitingPerSlot: 2, stall: .milliseconds(100))
        for _ in 0..<2 {
            for job in Fixture.jobs(slots) {
                lane.enqueue(job, at: .zero)
            }
        }
        #expect(lane.free == 0)
        #expect(lane.roomForRetries(at: .zero) == share)
        #expect(lane.roomForRetries(at: .milliseconds(100)) == 0, "nothing moves")
        for number in 0..<share {
            lane.enqueue(Fixture.retryJob(number), at: .zero)
        }
        #expect(lane.roomForRetries(at: .zero) == 0)
        // They go first, and count until they have ended.
        _ = lane.wake()
        _ = lane.ask(0, at: .zero)
        #expect(lane.retries.count == share - 1)
        #expect(lane.waiting.count == 2 * slots)
        #expect(lane.roomForRetries(at: .zero) == 0)
        _ = lane.finish(0, .success, at: .zero)
        #expect(lane.roomForRetries(at: .zero) == 1)
    }

    @Test("a slot that is kept for a suspect is the next one that is free, and nothing else gets it")
    func keptSlot() {
        var lane = lane(slots: 1, jobs: 3)
        _ = lane.wake()
        _ = lane.ask(0, at: .zero)
        let isFree = lane.keepSlot()
        let finish = lane.finish(0, .success, at: .zero)
        let told = [isFree, lane.isSlotReady(), lane.isSlotReady()]
        #expect(told == [false, true, false])
        #expect(isLeave(finish.step))
        #expect(!wakes(&lane))
        #expect(lane.waiting.count == 2)
        lane.enqueue(Fixture.retryJob(0, isSuspect: true), at: .zero)
        #expect(wakes(&lane))
        guard case .run(let job) = lane.ask(0, at: .zero) else {
            Issue.record("the suspect did not begin")
            return
        }
        #expect(job.isRetry)
        // Ordinary work goes on as soon as the suspect has ended.
        #expect(isRun(lane.finish(0, .success, at: .zero).step))
    }

    @Test("a slot that is given back goes to what waits")
    func releasedSlot() {
        var lane = lane(slots: 1, jobs: 1)
        let isFree = lane.keepSlot()
        #expect(isFree)
        #expect(!wakes(&lane))
        lane.releaseSlot()
        #expect(wakes(&lane))
        #expect(takesWork(&lane, 0, at: .zero))
    }
}
