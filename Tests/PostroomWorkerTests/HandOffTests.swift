import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("Hand-off")
struct HandOffTests {
    @Test("what is handed over runs without being claimed, and is settled")
    func handOff() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            let worker = try #require(rig.worker.reserve(.small(2)))
            let result = try await rig.post("a", "b", for: worker)
            rig.worker.accept(result.batches, for: worker, reserved: .small(2))
            try await rig.untilDone()
            #expect(Set(journal.entries.map(\.key)) == ["a", "b"])
        }
    }

    @Test("reservations and claims together never exceed the room")
    func room() async throws {
        let gate = Gate()
        let rig = Rig { configuration in
            configuration.deliveriesInFlight = 10
        } handlers: { handlers in
            handlers.on(.everything, named: "mail") { _, _ in try await gate.wait() }
        }
        try await rig.run { rig in
            #expect(rig.worker.reserve(.small(11)) == nil)
            let worker = try #require(rig.worker.reserve(.small(6)))
            #expect(rig.worker.reserve(.small(5)) == nil)
            for number in 0..<20 {
                try await rig.post("\(number)")
            }
            rig.worker.wake()
            try await rig.until("four began") { gate.entered == 4 }
            await rig.pause()
            #expect(await rig.inbox.batches().count { $0.holder == worker } == 4)
            rig.worker.accept([], for: worker, reserved: .small(6))
            rig.worker.wake()
            try await rig.until("ten began") { gate.entered == 10 }
            gate.open()
            try await rig.untilDone()
            #expect(rig.worker.reserve(.small(10)) != nil)
            rig.worker.accept([], for: worker, reserved: .small(10))
        }
    }

    @Test("a commit whose reply was lost is given back, and runs")
    func lostCommit() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            let worker = try #require(rig.worker.reserve(.small(1)))
            try await rig.post("a", for: worker)
            rig.worker.cancel(reserved: .small(1))
            await rig.pass(.seconds(3))
            #expect(journal.entries.isEmpty)
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("mail", "a") == [1])
            #expect(rig.queue.count(.release) > 0)
            #expect(rig.identity == worker)
        }
    }

    @Test("a batch that was committed for an identity that is gone is not run")
    func oldIdentity() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            let old = try #require(rig.worker.reserve(.small(1)))
            let result = try await rig.post("a", for: old)
            rig.inbox.bury(old)
            try await rig.until("registered anew", advancing: .milliseconds(100)) {
                rig.identity.map { $0 != old } ?? false
            }
            rig.worker.accept(result.batches, for: old, reserved: .small(1))
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("mail") == [1])
            #expect(rig.metrics["postroom_late_settlements_total"] == 0)
        }
    }

    @Test("nothing is reserved before the worker is registered, nor after it stopped")
    func closed() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        #expect(rig.worker.reserve(.small(1)) == nil)
        try await rig.run { _ in }
        #expect(rig.worker.reserve(.small(1)) == nil)
    }
}
