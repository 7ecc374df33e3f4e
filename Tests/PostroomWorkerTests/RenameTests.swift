import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("A handler that is renamed while a worker runs it")
struct RenameTests {
    @Test("what runs is handled once and recorded under the new name, and new deliveries go on coming")
    func running() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.detachAfter = .seconds(3600)
        } handlers: { handlers in
            handlers.on(.everything, named: "mail") { _, context in
                journal.note(context)
                if gate.entered == 0 {
                    try await gate.wait()
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a", "b")
            try await rig.until("began") { gate.entered == 1 }
            await rig.inbox.rename("mail", to: "post")
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(10))
            try await rig.post("c")
            try await rig.untilDone(advancing: .milliseconds(10))
            #expect(await rig.inbox.handledPairs().map(\.handler) == ["post", "post", "post"])
            for key in ["a", "b", "c"] {
                #expect(journal.attempts("mail", key) == [1], "\(key)")
            }
        }
    }

    @Test("a retry that failed under the former name, and one that comes under the new one, are run by it")
    func retries() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.detachAfter = .milliseconds(500)
        } handlers: { handlers in
            handlers.on(
                .everything,
                named: "mail",
                retry: .constant(maximumAttempts: 3, delay: .seconds(1)),
                timeout: .seconds(3600)
            ) { _, context in
                journal.note(context)
                if context.attempt == 1 {
                    try await gate.wait()
                    throw Refused()
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("began") { gate.entered == 1 }
            try await rig.until("left its batch", advancing: .milliseconds(100)) {
                await rig.inbox.retries().map(\.key.handler) == ["mail"]
            }
            await rig.inbox.rename("mail", to: "post")
            gate.open()
            try await rig.post("b")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("mail", "a") == [1, 2])
            #expect(journal.attempts("mail", "b") == [1, 2])
            #expect(await rig.inbox.handledPairs().map(\.handler) == ["post", "post"])
        }
    }

    private struct Refused: Error {}
}
