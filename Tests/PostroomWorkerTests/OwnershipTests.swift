import PostroomCore
import PostroomWorker
import Synchronization
import TestSupport
import Testing

@Suite("Claims that are lost or shared")
struct OwnershipTests {
    @Test("a worker that was rescued drops what it holds, settles nothing of it and registers anew")
    func rescued() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 1
            // No spill: only the heartbeat shows that the identity is gone.
            configuration.detachAfter = .seconds(3600)
        } handlers: { handlers in
            handlers.on(.everything, named: "mail") { _, context in
                journal.note(context)
                if !gate.isOpen && gate.entered == 0 {
                    try await gate.wait()
                }
            }
        }
        try await rig.run { rig in
            let first = try #require(rig.identity)
            try await rig.post("a", "b")
            try await rig.until("began") { gate.entered == 1 }
            rig.inbox.bury(first)
            try await rig.until("registered anew", advancing: .milliseconds(100)) {
                rig.identity.map { $0 != first } ?? false
            }
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(gate.cancelled == 1)
            #expect(journal.attempts("mail", "a") == [1, 1])
            #expect(journal.attempts("mail", "b") == [1], "what waited was dropped before it began")
            #expect(rig.inbox.handledCount == 2)
            #expect(rig.inbox.failedAttempts().isEmpty)
        }
    }

    @Test("a late settlement is counted, changes nothing, and makes the worker look whether it lives")
    func late() async throws {
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in
                if gate.entered == 0 {
                    await gate.waitStubbornly()
                }
            }
        }
        try await rig.run { rig in
            let first = try #require(rig.identity)
            try await rig.post("a")
            try await rig.until("began") { gate.entered == 1 }
            // Nobody lets time pass: only the settlement can show that the claim is lost.
            rig.inbox.bury(first)
            gate.open()
            try await rig.until("registered anew") { rig.identity.map { $0 != first } ?? false }
            #expect(rig.metrics["postroom_late_settlements_total"] == 1)
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 1)
        }
    }

    @Test("a dead worker's claims run here within a lease and a few seconds")
    func rescue() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let patterns = [EventPattern.everything]
        let dead = try await inbox.register(
            WorkerRegistration(label: "dead", handlers: [(name: "mail", patterns: patterns)])
        )
        let rig = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        try await rig.run { rig in
            try await rig.post("a", for: dead)
            await rig.pass(.seconds(14))
            #expect(await inbox.batches().map(\.holder) == [dead])
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 1)
            #expect(rig.metrics["postroom_rescued_workers_total"] == 1)
            #expect(rig.metrics["postroom_rescued_batches_total"] == 1)
        }
    }

    @Test(
        "a step of the database's clock costs no living worker its claims, and gives a dead one's back in time",
        arguments: [
            Duration.seconds(3600), .seconds(-3600), .seconds(20), .seconds(-20),
        ]
    )
    func clockStep(step: Duration) async throws {
        let clock = TestClock()
        let shift = Mutex(Duration.zero)
        let inbox = InMemoryInbox { clock.timestamp + shift.withLock { $0 } }
        let patterns = [EventPattern.everything]
        let dead = try await inbox.register(
            WorkerRegistration(label: "dead", handlers: [(name: "mail", patterns: patterns)])
        )
        let gate = Gate()
        let rig = Rig(clock: clock, inbox: inbox) { configuration in
            configuration.detachAfter = .seconds(3600)
        } handlers: { handlers in
            handlers.on(.everything, named: "mail", timeout: .seconds(3600)) { _, context in
                if context.delivery.idempotencyKey == "own" {
                    try await gate.wait()
                }
            }
        }
        let other = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        try await rig.run { rig in
            try await rig.post("own")
            try await rig.until("began") { gate.entered == 1 }
            let identity = rig.identity
            try await other.run { other in
                try await rig.post("a", for: dead)
                await rig.pass(.seconds(5))
                shift.withLock { $0 = step }
                await rig.pass(.seconds(15))
                #expect(rig.identity == identity)
                #expect(gate.cancelled == 0)
                await rig.pass(.seconds(5))
                #expect(rig.inbox.handledCount == 1)
                gate.open()
                try await rig.untilDone(advancing: .milliseconds(100))
                #expect(rig.inbox.handledCount == 2)
            }
        }
    }

    @Test("after an outage the others get a lease to be heard before they are taken for dead")
    func outage() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let other = try await inbox.register(WorkerRegistration(label: "other", handlers: []))
        let rig = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        try await rig.run { rig in
            rig.queue.fail { _, _ in .before }
            await rig.pass(.seconds(30))
            rig.queue.fail { _, _ in nil }
            await rig.pass(.seconds(12))
            // It was silent all the time, and is so once more for less than a lease.
            let isKnown = try await inbox.heartbeat(other) != nil
            #expect(isKnown)
            try await rig.until("it is rescued", advancing: .milliseconds(100)) {
                rig.metrics["postroom_rescued_workers_total"] == 1
            }
            let isForgotten = try await inbox.heartbeat(other) == nil
            #expect(isForgotten)
        }
    }

    @Test("two workers share the work, and each delivery runs once")
    func shared() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let journal = Journal()
        let rigs = (0..<2)
            .map { _ in
                Rig(clock: clock, inbox: inbox) { configuration in
                    configuration.deliveriesInFlight = 16
                } handlers: { handlers in
                    handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
                }
            }
        try await rigs[0]
            .run { first in
                try await rigs[1]
                    .run { _ in
                        for number in 0..<200 {
                            try await first.post("\(number)")
                        }
                        try await first.untilDone()
                        #expect(Set(journal.entries.map(\.key)).count == 200)
                        #expect(journal.entries.count == 200)
                    }
            }
    }
}
