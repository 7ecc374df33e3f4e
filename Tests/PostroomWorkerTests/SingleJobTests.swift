import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("Handlers whose jobs run singly")
struct SingleJobTests {
    @Test("their jobs are rows of their own before they run, and run without waiting for a poll")
    func singly() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 2
        } handlers: { handlers in
            handlers.on(.everything, named: "ledger", isTransactional: true) { _, context in
                journal.note(context)
                try await gate.wait()
            }
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            try await rig.post("a", "b", "c")
            try await rig.until("two began") { gate.entered == 2 }
            try await rig.until("the batch is settled") { await rig.inbox.batches().isEmpty }
            #expect(journal.attempts("mail") == [1, 1, 1])
            let retries = await rig.inbox.retries()
            #expect(retries.map(\.key.handler) == ["ledger", "ledger", "ledger"])
            gate.open()
            try await rig.untilDone()
            #expect(journal.attempts("ledger") == [1, 1, 1])
            #expect(rig.inbox.handledCount == 6)
        }
    }

    @Test("an attempt that fails after it finished its job is handled, and one that comes later is not run")
    func finished() async throws {
        struct Refusal: Error {}
        let journal = Journal()
        let inbox = Observed<InMemoryInbox?>(nil)
        let rig = Rig { handlers in
            handlers.on(.everything, named: "ledger", isTransactional: true) { _, context in
                journal.note(context)
                let result = await inbox.current?.finish(try context.receipt)
                #expect(result == .isFinished)
                throw Refusal()
            }
        }
        inbox.update { $0 = rig.inbox }
        try await rig.run { rig in
            try await rig.post("a", "b")
            try await rig.untilDone()
            #expect(journal.attempts("ledger") == [1, 1])
            #expect(rig.inbox.handledCount == 2)
            #expect(rig.inbox.failedAttempts().isEmpty)
        }
    }
}
