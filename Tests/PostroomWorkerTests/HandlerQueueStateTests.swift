import PostroomCore
import Testing

@testable import PostroomWorker

@Suite("The state of a handler's queue")
struct HandlerQueueStateTests {
    private func wakes(_ queue: inout HandlerQueueState) -> Bool {
        if case .spawn = queue.wake() { true } else { false }
    }

    private func takesWork(_ queue: inout HandlerQueueState, _ slot: Int, at now: Duration) -> Bool {
        isRun(queue.ask(slot, at: now))
    }

    private func isRun(_ step: HandlerQueueState.Step) -> Bool {
        if case .run = step { true } else { false }
    }

    private func isLeave(_ step: HandlerQueueState.Step) -> Bool {
        if case .leave = step { true } else { false }
    }

    private func queue(slots: Int, jobs count: Int) -> HandlerQueueState {
        var queue = HandlerQueueState(slots: slots, waitingPerSlot: 2, stall: .milliseconds(100))
        for job in Fixture.jobs(count) {
            queue.enqueue(job, at: .zero)
        }
        return queue
    }

    @Test("one runner is called at a time, and each that takes work calls the next, up to the slots")
    func chain() {
        var queue = queue(slots: 2, jobs: 5)
        #expect(wakes(&queue))
        #expect(!wakes(&queue))
        #expect(takesWork(&queue, 0, at: .zero))
        #expect(wakes(&queue))
        #expect(takesWork(&queue, 1, at: .zero))
        #expect(!wakes(&queue))
        #expect(queue.running == 2)
        #expect(queue.waitingCounts.batches == 3)
    }

    @Test("a runner takes its next pair as it ends the last")
    func next() {
        var queue = queue(slots: 1, jobs: 2)
        _ = queue.wake()
        _ = queue.ask(0, at: .zero)
        let finish = queue.finish(0, .success, at: .milliseconds(1))
        #expect(finish.end == .own)
        #expect(isRun(finish.step))
        #expect(queue.running == 1)
    }

    @Test("a runner whose attempt was cancelled leaves, and its slot is free again")
    func cancelled() {
        var queue = queue(slots: 1, jobs: 2)
        _ = queue.wake()
        _ = queue.ask(0, at: .zero)
        let slots = queue.cancel(.timedOut, at: .seconds(1)) { _, since in since == .zero }
        #expect(slots == [0])
        #expect(!wakes(&queue))
        let finish = queue.finish(0, .success, at: .seconds(1))
        #expect(finish.end == .timedOut)
        #expect(isLeave(finish.step))
        #expect(wakes(&queue))
    }

    @Test("an attempt is cancelled once")
    func cancelledOnce() {
        var queue = queue(slots: 1, jobs: 1)
        _ = queue.wake()
        _ = queue.ask(0, at: .zero)
        let first = queue.cancel(.timedOut, at: .seconds(1)) { _, _ in true }
        let second = queue.cancel(.shutdown, at: .seconds(2)) { _, _ in true }
        #expect(first == [0])
        #expect(second == [])
    }

    @Test("a zombie gives up its slot and its result, until there are as many as slots")
    func zombies() {
        var queue = queue(slots: 1, jobs: 4)
        for slot in 0..<2 {
            #expect(wakes(&queue))
            #expect(takesWork(&queue, slot, at: .zero))
            _ = queue.cancel(.timedOut, at: .seconds(1)) { _, _ in true }
            let early = queue.abandon(cancelledBefore: .milliseconds(900), at: .seconds(2))
            let late = queue.abandon(cancelledBefore: .seconds(1), at: .seconds(2))
            #expect(early.isEmpty)
            #expect(late.count == 1)
        }
        #expect(queue.zombies == 2)
        #expect(queue.capacity == 0)
        #expect(!wakes(&queue))
        let finish = queue.finish(0, .success, at: .seconds(3))
        #expect(finish.end == .dropped)
        #expect(isLeave(finish.step))
        #expect(wakes(&queue))
    }

    @Test("pairs are refused where many wait and nothing moves, not where many wait and all goes fast")
    func admission() {
        var queue = queue(slots: 2, jobs: 5)
        #expect(queue.admits(at: .milliseconds(50)))
        #expect(!queue.admits(at: .milliseconds(100)))
        _ = queue.wake()
        _ = queue.ask(0, at: .milliseconds(100))
        #expect(queue.waitingCounts.batches == 4)
        #expect(queue.admits(at: .milliseconds(150)))
        // Attempts that take long show that what waits will wait long.
        _ = queue.finish(0, .success, at: .seconds(10))
        for job in Fixture.jobs(4) {
            queue.enqueue(job, at: .seconds(10))
        }
        #expect(!queue.admits(at: .seconds(10)))
    }

    @Test("a queue that asked for more retries is told when half of its slots are free")
    func hunger() {
        var queue = HandlerQueueState(slots: 2, waitingPerSlot: 2, stall: .milliseconds(100))
        for number in 0..<2 {
            queue.enqueue(Fixture.retryJob(number), at: .zero)
        }
        queue.requestRetrySignal()
        let atFirst = queue.shouldSignalRetries(at: .zero)
        _ = queue.wake()
        _ = queue.ask(0, at: .zero)
        _ = queue.finish(0, .success, at: .zero)
        let told = [atFirst, queue.shouldSignalRetries(at: .zero), queue.shouldSignalRetries(at: .zero)]
        #expect(told == [false, true, false])
    }

    @Test(
        "beside waiting pairs of batches retries keep an eighth of the slots, at least one",
        arguments: [
            (1, 1), (2, 1), (15, 1), (16, 2), (64, 8),
        ]
    )
    func share(slots: Int, share: Int) {
        var queue = HandlerQueueState(slots: slots, waitingPerSlot: 2, stall: .milliseconds(100))
        for _ in 0..<2 {
            for job in Fixture.jobs(slots) {
                queue.enqueue(job, at: .zero)
            }
        }
        #expect(queue.free == 0)
        #expect(queue.availableRetries(at: .zero) == share)
        #expect(queue.availableRetries(at: .milliseconds(100)) == 0, "nothing moves")
        for number in 0..<share {
            queue.enqueue(Fixture.retryJob(number), at: .zero)
        }
        #expect(queue.availableRetries(at: .zero) == 0)
        // They go first, and count until they have ended.
        _ = queue.wake()
        _ = queue.ask(0, at: .zero)
        #expect(queue.waitingCounts.retries == share - 1)
        #expect(queue.waitingCounts.batches == 2 * slots)
        #expect(queue.availableRetries(at: .zero) == 0)
        _ = queue.finish(0, .success, at: .zero)
        #expect(queue.availableRetries(at: .zero) == 1)
    }

    @Test("a slot that is kept for a suspect is the next one that is free, and nothing else gets it")
    func keptSlot() {
        var queue = queue(slots: 1, jobs: 3)
        _ = queue.wake()
        _ = queue.ask(0, at: .zero)
        let isFree = queue.keepSlot()
        let finish = queue.finish(0, .success, at: .zero)
        let told = [isFree, queue.isSlotReady(), queue.isSlotReady()]
        #expect(told == [false, true, false])
        #expect(isLeave(finish.step))
        #expect(!wakes(&queue))
        #expect(queue.waitingCounts.batches == 2)
        queue.enqueue(Fixture.retryJob(0, isSuspect: true), at: .zero)
        #expect(wakes(&queue))
        guard case .run(let job) = queue.ask(0, at: .zero) else {
            Issue.record("the suspect did not begin")
            return
        }
        #expect(job.isRetry)
        // Ordinary work goes on as soon as the suspect has ended.
        #expect(isRun(queue.finish(0, .success, at: .zero).step))
    }

    @Test("a slot that is given back goes to what waits")
    func releasedSlot() {
        var queue = queue(slots: 1, jobs: 1)
        let isFree = queue.keepSlot()
        #expect(isFree)
        #expect(!wakes(&queue))
        queue.releaseSlot()
        #expect(wakes(&queue))
        #expect(takesWork(&queue, 0, at: .zero))
    }
}
