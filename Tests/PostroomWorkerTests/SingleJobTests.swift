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
}
