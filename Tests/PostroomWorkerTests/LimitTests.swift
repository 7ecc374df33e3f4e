import PostroomCore
import PostroomWorker
import Synchronization
import TestSupport
import Testing

@Suite("Limits of a handler")
struct LimitTests {
    /// The number of attempts that run, and the most that ever did.
    private final class Witness: Sendable {
        private let counts = Mutex((now: 0, most: 0, all: 0))

        var now: Int { counts.withLock { $0.now } }
        var most: Int { counts.withLock { $0.most } }
        var all: Int { counts.withLock { $0.all } }

        func enter() {
            counts.withLock { counts in
                counts.now += 1
                counts.all += 1
                counts.most = max(counts.most, counts.now)
            }
        }

        func leave() {
            counts.withLock { $0.now -= 1 }
        }
    }

    private func keys(_ count: Int) -> [String] {
        (0..<count).map { "\($0)" }
    }

    @Test("a handler's own concurrency takes the place of the configuration's, and needs no row of its own")
    func concurrency() async throws {
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail", limits: HandlerLimits(concurrency: 2)) { _, _ in
                try await gate.wait()
            }
        }
        try await rig.run { rig in
            try await rig.post(keys(5))
            try await rig.until("two began") { gate.entered == 2 }
            await rig.pause()
            #expect(gate.entered == 2)
            #expect(await rig.inbox.retries().isEmpty)
            gate.open()
            try await rig.untilDone()
            #expect(rig.inbox.handledCount == 5)
        }
    }

    @Test("workers together never run more than the global limit, and run as many")
    func global() async throws {
        let witness = Witness()
        let gate = Gate()
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let rigs = (0..<3)
            .map { _ in
                Rig(clock: clock, inbox: inbox) { handlers in
                    handlers.on(.everything, named: "mail", limits: HandlerLimits(globalConcurrency: 5)) { _, _ in
                        witness.enter()
                        defer { witness.leave() }
                        try await gate.wait()
                    }
                }
            }
        try await rigs[0]
            .run { _ in
                try await rigs[1]
                    .run { _ in
                        try await rigs[2]
                            .run { rig in
                                try await rig.post(keys(40))
                                try await rig.until("five run", advancing: .milliseconds(50)) { witness.now == 5 }
                                for _ in 0..<20 {
                                    await rig.pass(.milliseconds(500))
                                    #expect(witness.now == 5)
                                }
                                gate.open()
                                try await rig.untilDone(advancing: .milliseconds(50))
                                #expect(witness.most == 5)
                                #expect(witness.all == 40)
                                #expect(inbox.handledCount == 40)
                            }
                    }
            }
    }

    @Test("an attempt that was given up and goes on still counts for the global limit")
    func zombie() async throws {
        let witness = Witness()
        let gate = Gate()
        let rig = Rig { handlers in
            let limits = HandlerLimits(globalConcurrency: 1)
            handlers.on(.everything, named: "mail", retry: .never, timeout: .seconds(1), limits: limits) { _, _ in
                witness.enter()
                defer { witness.leave() }
                await gate.waitStubbornly()
            }
        }
        try await rig.run { rig in
            try await rig.post("a", "b")
            try await rig.until("one runs", advancing: .milliseconds(50)) { witness.now == 1 }
            try await rig.until("it is dead", advancing: .milliseconds(100)) {
                await rig.inbox.deadLetters().count == 1
            }
            await rig.pass(.seconds(5))
            #expect(witness.all == 1)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(50))
            #expect(witness.all == 2)
            #expect(witness.most == 1)
        }
    }

    @Test("no window holds more attempts than the rate allows, over two workers")
    func rate() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let starts = Mutex<[Duration]>([])
        let rigs = (0..<2)
            .map { _ in
                Rig(clock: clock, inbox: inbox) { handlers in
                    handlers.on(.everything, named: "mail", limits: HandlerLimits(rate: .perMinute(100))) { _, _ in
                        starts.withLock { $0.append(clock.now) }
                    }
                }
            }
        try await rigs[0]
            .run { _ in
                try await rigs[1]
                    .run { rig in
                        try await rig.post(keys(150))
                        try await rig.untilDone(advancing: .milliseconds(50))
                    }
            }
        let moments = starts.withLock { $0.sorted() }
        #expect(moments.count == 150)
        for index in moments.indices.dropFirst(100) {
            #expect(moments[index] - moments[index - 100] > .seconds(60))
        }
        let first = try #require(moments.first)
        let last = try #require(moments.last)
        #expect(last - first < .seconds(100))
    }

    @Test("a handler that says that it is busy is called by no process until then, and nobody loses an attempt")
    func busy() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let calls = Mutex<[Duration]>([])
        let journal = Journal()
        let isBusy = Atomic(true)
        let rigs = (0..<2)
            .map { _ in
                Rig(clock: clock, inbox: inbox) { configuration in
                    configuration.attemptsPerHandler = 1
                } handlers: { handlers in
                    handlers.on(.everything, named: "mail", retry: .never) { _, context in
                        calls.withLock { $0.append(clock.now) }
                        journal.note(context)
                        if isBusy.exchange(false, ordering: .relaxed) {
                            throw HandlerError.busy(for: .seconds(30))
                        }
                    }
                }
            }
        try await rigs[0]
            .run { first in
                try await first.post(keys(20))
                try await first.until("one call") { calls.withLock { $0.count } == 1 }
                try await first.until("all wait in the inbox", advancing: .milliseconds(10)) {
                    await inbox.batches().isEmpty
                }
                try await rigs[1]
                    .run { rig in
                        try await rig.post((20..<30).map { "\($0)" })
                        await rig.pass(.seconds(28))
                        #expect(calls.withLock { $0.count } == 1)
                        try await rig.untilDone(advancing: .milliseconds(100))
                    }
            }
        let moments = calls.withLock { $0 }
        #expect(moments.count == 31)
        #expect(moments.dropFirst().allSatisfy { $0 - moments[0] >= .seconds(30) })
        #expect(journal.entries.allSatisfy { $0.attempt == 1 })
        #expect(inbox.failedAttempts().isEmpty)
        #expect(inbox.handledCount == 30)
        #expect(rigs[0].metrics[#"postroom_attempts_total{handler="mail",outcome="busy"}"#] == 1)
    }

    @Test("a hold that the inbox did not hear of is told again")
    func busyAgain() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in throw HandlerError.busy(for: .seconds(60)) }
        }
        let failures = Mutex(3)
        rig.queue.fail { call, _ in
            guard call == .holdBack else { return nil }
            return failures.withLock { left in
                left -= 1
                return left >= 0 ? .before : nil
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("it is told", advancing: .milliseconds(50)) {
                try await rig.inbox.adjustShares([], of: WorkerID(rawValue: 1)).heldBack["mail"] != nil
            }
            #expect(rig.queue.count(.holdBack) == 4)
        }
    }
}
