import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("Handlers of several programs")
struct DirectoryTests {
    @Test("the pairs of a handler that this worker does not have are owed, and run where it is")
    func absentHandler() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let journal = Journal()
        let patterns = [EventPattern.everything]
        _ = try await inbox.register(WorkerRegistration(label: "other", handlers: [(name: "crm", patterns: patterns)]))
        let here = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
        }
        try await here.run { rig in
            try await rig.post("a")
            try await rig.until("settled") { await inbox.batches().isEmpty }
            #expect(await inbox.retries().map(\.key.handler) == ["crm"])
            #expect(await inbox.retries().map(\.failedAttempts) == [0])
        }
        let there = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.everything, named: "crm") { _, context in journal.note(context) }
        }
        try await there.run { rig in
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.entries.map(\.handler) == ["mail", "crm"])
            #expect(journal.attempts("crm") == [1])
        }
    }

    @Test("a delivery that nobody subscribes to is settled")
    func nobody() async throws {
        let rig = Rig { handlers in
            handlers.on(.events(from: "bearer", matching: "user.*"), named: "mail") { _, _ in }
        }
        try await rig.run { rig in
            try await rig.post("a", type: "order.paid")
            try await rig.untilDone()
            #expect(rig.inbox.handledCount == 0)
        }
    }

    @Test("a paused handler's pairs wait until it is resumed")
    func pause() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
            handlers.on(.everything, named: "audit") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            await rig.inbox.pause("mail")
            // No time passes: it does not wait for the next heartbeat.
            try await rig.until("the directory is read again") {
                rig.queue.count(.directory) == 2
            }
            await rig.pause()
            try await rig.post("a")
            try await rig.until("settled") { await rig.inbox.batches().isEmpty }
            await rig.pass(.seconds(2))
            #expect(journal.entries.map(\.handler) == ["audit"])
            #expect(await rig.inbox.retries().map(\.key.handler) == ["mail"])
            await rig.inbox.resume("mail")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("mail") == [1])
        }
    }

    @Test("a settlement by a stale directory is computed again for new handlers, and nothing runs twice")
    func stale() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in
                journal.note(context)
                try await gate.wait()
            }
        }
        try await rig.run { rig in
            // Another program adds a handler while an attempt runs; it was recorded at the same moment.
            try await rig.post("a", "b")
            try await rig.until("began") { gate.entered == 2 }
            let crm: HandlerName = "crm"
            let other = try await rig.inbox.register(
                WorkerRegistration(label: "other", handlers: [(name: crm, patterns: [.everything])])
            )
            gate.open()
            try await rig.until("settled") { await rig.inbox.batches().isEmpty }
            #expect(journal.attempts("mail") == [1, 1])
            #expect(rig.inbox.handledCount == 2)
            #expect(await rig.inbox.retries().map(\.key.handler) == [crm, crm])
            #expect(rig.queue.count(.directory) == 2)
            let claimed = try await rig.inbox.claimRetries([RetryClaim(handler: crm, limit: 10)], for: other)
            #expect(claimed.count == 2)
        }
    }

    @Test("what only a newer program's patterns match is left to it")
    func newerCode() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let old = Journal()
        let new = Journal()
        let rig = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.events(from: "bearer", matching: "user.created"), named: "crm") { _, context in
                old.note(context)
            }
        }
        let newer = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.events(from: "bearer", matching: "user.*"), named: "crm") { _, context in new.note(context) }
        }
        try await rig.run { rig in
            let patterns = [EventPattern.events(from: "bearer", matching: "user.*")]
            _ = try await inbox.register(
                WorkerRegistration(label: "new", handlers: [(name: "crm", patterns: patterns)])
            )
            try await rig.until("the directory is read again", advancing: .milliseconds(100)) {
                rig.queue.count(.directory) == 2
            }
            await rig.pause()
            try await rig.post("a", type: "user.deleted")
            try await rig.until("settled") { await inbox.batches().isEmpty }
            // It comes by again and again, and is never run by the old code.
            await rig.pass(.seconds(5))
            #expect(old.entries.isEmpty)
            #expect(await inbox.retries().map(\.failedAttempts) == [0])
            try await newer.run { newer in
                try await newer.untilDone(advancing: .milliseconds(100))
            }
            #expect(new.attempts("crm") == [1])
        }
    }

    @Test("a retry that nobody's patterns match any more is run all the same")
    func narrowedPatterns() async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let journal = Journal()
        let wide = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.everything, named: "crm") { _, _ in throw HandlerError.retry(after: .seconds(60)) }
        }
        try await wide.run { rig in
            try await rig.post("a")
            try await rig.until("failed once") { await inbox.retries().map(\.failedAttempts) == [1] }
        }
        let narrow = Rig(clock: clock, inbox: inbox) { handlers in
            handlers.on(.events(from: .wacht), named: "crm") { _, context in journal.note(context) }
        }
        try await narrow.run { rig in
            await rig.pass(.seconds(60))
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("crm") == [2])
        }
    }
}
