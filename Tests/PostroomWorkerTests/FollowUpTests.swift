import PostroomCore
import Synchronization
import TestSupport
import Testing

@testable import PostroomWorker

@Suite("Follow-ups of attempts")
struct FollowUpTests {
    @Test("an event of a successful attempt reaches its handlers, with a key of the job and its place")
    func reaches() async throws {
        let seen = Mutex<[String: String]>([:])
        let keys = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.events(from: .bearer), named: "orders") { _, context in
                keys.withLock { $0.append(context.idempotencyKey) }
                try context.enqueue(Reminder(text: "one"))
                try context.enqueue(Reminder(text: "two"), after: .seconds(-5))
            }
            handlers.on(Reminder.self, named: "reminders") { reminder, context in
                seen.withLock { $0[context.delivery.idempotencyKey] = reminder.text }
                #expect(context.delivery.endpoint == .internal)
                #expect(context.delivery.headers.only("postroom-origin")?.hasSuffix(" orders") == true)
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("both came", advancing: .milliseconds(100)) { seen.withLock { $0.count } == 2 }
        }
        let key = keys.withLock { $0[0] }
        #expect(seen.withLock(\.self) == ["\(key)/1": "one", "\(key)/2": "two"])
    }

    @Test("an attempt that throws enqueues nothing, whatever its error; the one that succeeds does, once")
    func throwing() async throws {
        let texts = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.events(from: .bearer), named: "orders") { event, context in
                try context.enqueue(Reminder(text: "\(event.idempotencyKey) \(context.attempt)"))
                switch (event.idempotencyKey, context.attempt) {
                case ("ignored", _): throw HandlerError.ignore
                case ("dead", _): throw HandlerError.permanent("no")
                case ("retried", 1): throw HandlerError.retry(after: .zero)
                default: return
                }
            }
            handlers.on(Reminder.self, named: "reminders") { reminder, _ in texts.withLock { $0.append(reminder.text) }
            }
        }
        try await rig.run { rig in
            try await rig.post("ignored", "dead", "retried")
            try await rig.until("it came", advancing: .milliseconds(100)) { texts.withLock { !$0.isEmpty } }
            try await rig.untilDone(advancing: .milliseconds(100))
        }
        #expect(texts.withLock(\.self) == ["retried 2"])
    }

    @Test("an event for later waits in the inbox and comes when it is due")
    func later() async throws {
        let texts = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.events(from: .bearer), named: "orders") { _, context in
                try context.enqueue(Reminder(text: "later"), after: .seconds(3600), key: "mine")
            }
            handlers.on(Reminder.self, named: "reminders") { reminder, _ in texts.withLock { $0.append(reminder.text) }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("it waits", advancing: .milliseconds(100)) {
                await rig.inbox.scheduledEvents().map(\.key) == ["mine"]
            }
            await rig.pass(.seconds(10))
            #expect(texts.withLock { $0.isEmpty })
            rig.clock.advance(by: .seconds(3600))
            try await rig.until("it came", advancing: .milliseconds(100)) { texts.withLock { !$0.isEmpty } }
        }
    }

    @Test("an attempt whose claim was lost enqueues nothing")
    func lost() async throws {
        let gate = Gate()
        let texts = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.events(from: .bearer), named: "orders") { _, context in
                try context.enqueue(Reminder(text: "\(gate.entered)"), key: "run \(gate.entered)")
                try await gate.wait()
            }
            handlers.on(Reminder.self, named: "reminders") { reminder, _ in texts.withLock { $0.append(reminder.text) }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("it runs") { gate.entered == 1 }
            rig.inbox.bury(try #require(rig.identity))
            gate.open()
            try await rig.until("it ran again", advancing: .milliseconds(100)) { texts.withLock { !$0.isEmpty } }
            try await rig.untilDone(advancing: .milliseconds(100))
        }
        #expect(texts.withLock(\.self) == ["1"])
    }

    @Test("a context that is used after its attempt's end is refused, and does not reach the next attempt")
    func late() async throws {
        let kept = Mutex<HandlerContext?>(nil)
        let texts = Mutex<[String]>([])
        let rig = Rig(configure: { $0.attemptsPerHandler = 1 }) { handlers in
            handlers.on(.events(from: .bearer), named: "orders") { _, context in
                if let first = kept.withLock(\.self) {
                    #expect(throws: AttemptHasEnded.self) { try first.enqueue(Reminder(text: "late")) }
                    await #expect(throws: AttemptHasEnded.self) { try await first.step("late") {} }
                }
                kept.withLock { $0 = context }
                try context.enqueue(Reminder(text: "own"))
            }
            handlers.on(Reminder.self, named: "reminders") { reminder, _ in texts.withLock { $0.append(reminder.text) }
            }
        }
        try await rig.run { rig in
            try await rig.post("a", "b")
            try await rig.until("both came", advancing: .milliseconds(100)) { texts.withLock { $0.count } == 2 }
        }
        #expect(texts.withLock(\.self) == ["own", "own"])
    }

    @Test("an event that can't be stored is refused where it is enqueued, and says why")
    func problems() async throws {
        let problems = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.events(from: .bearer), named: "orders") { _, context in
                let calls: [() throws -> Void] = [
                    { try context.enqueue(Reminder(text: "a"), key: "") },
                    { try context.enqueue(Reminder(text: "a"), key: "a\0") },
                    { try context.enqueue(Reminder(text: "a"), key: String(repeating: "k", count: 513)) },
                    { try context.enqueue(Reminder(text: "a"), to: "") },
                    { try context.enqueue(Reminder(text: "a"), type: "other") },
                    { try context.enqueue(Reminder(text: String(repeating: "a", count: 1_048_577))) },
                    { try context.enqueue(AnyReminder()) },
                    { for _ in 0..<257 { try context.enqueue(Reminder(text: "a")) } },
                ]
                for call in calls {
                    do {
                        try call()
                    } catch let problem as EnqueueProblem {
                        problems.withLock { $0.append(problem.description) }
                    }
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("settled", advancing: .milliseconds(100)) { await rig.inbox.batches().isEmpty }
        }
        let parts = [
            "1 to 512 bytes", "U+0000", "this one 513", "1 to 64 characters", "no event type 'other'", "1048576",
            "several event types", "at most 256",
        ]
        for (problem, part) in zip(problems.withLock(\.self), parts) {
            #expect(problem.contains(part))
        }
        #expect(problems.withLock { $0.count } == parts.count)
    }
}

/// An event type of any name.
private struct AnyReminder: Codable, WebhookEvent {
    static let source: Source = "acme"
    static let eventTypes = ["*"]

    init() {}
    init(decoding event: Event) {}
}
