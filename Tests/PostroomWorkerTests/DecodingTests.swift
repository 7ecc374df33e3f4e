import PostroomCore
import PostroomWorker
import Synchronization
import TestSupport
import Testing

@Suite("Decoding")
struct DecodingTests {
    @Test("a delivery is decoded once for all handlers of a type, and not for raw ones")
    func once() async throws {
        let sum = Mutex(0)
        let rig = Rig { handlers in
            for name in ["a", "b", "c"] {
                handlers.on(Numbered.self, named: HandlerName(rawValue: name)) { event, _ in
                    sum.withLock { $0 += event.number }
                }
            }
            handlers.on(.everything, named: "raw") { _, _ in }
        }
        try await rig.run { rig in
            try await rig.post("1001", "1002", type: "number")
            try await rig.post("1003", type: "other")
            try await rig.untilDone()
            #expect(sum.withLock { $0 } == 3 * (1001 + 1002))
            let decodings = Numbered.decodings.withLock { $0 }
            #expect(decodings["1001"] == 1)
            #expect(decodings["1002"] == 1)
            #expect(decodings["1003"] == nil)
        }
    }

    @Test("a body that does not fit is a dead letter of the typed handlers at once, and runs elsewhere")
    func undecodable() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(Numbered.self, named: "typed") { _, context in journal.note(context) }
            handlers.on(.everything, named: "raw") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            try await rig.post("not a number", type: "number")
            try await rig.untilDone()
            #expect(journal.entries.map(\.handler) == ["raw"])
            let letter = try #require(await rig.inbox.deadLetters().first)
            #expect(letter.key.handler == "typed")
            #expect(letter.reason == .undecodable)
            #expect(letter.failedAttempts == 1)
            #expect(letter.error == "UndecodableEvent: a decimal number")
            #expect(rig.metrics[#"postroom_dead_letters_total{handler="typed",reason="undecodable"}"#] == 1)
        }
    }

    @Test("what is odd in a body is counted by event type, once for its handlers and not again for a retry")
    func oddities() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            for name in ["a", "b"] {
                handlers.on(
                    Odd.self,
                    named: HandlerName(rawValue: name),
                    retry: .constant(maximumAttempts: 2, delay: .zero)
                ) {
                    _,
                    context in
                    journal.note(context)
                    if context.attempt == 1 {
                        throw Refused(description: "no")
                    }
                }
            }
            handlers.on(Numbered.self, named: "numbers") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            try await rig.post("2001", "2002", type: "odd")
            try await rig.post("2003", type: "number")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.entries.count == 9)
            #expect(rig.metrics[#"postroom_event_oddities_total{source="bearer",event_type="odd"}"#] == 4)
            #expect(rig.metrics[#"postroom_event_oddities_total{source="bearer",event_type="number"}"#] == 0)
        }
    }

    @Test("a handler gets the event, its details, its attempt and a key that stays the same")
    func context() async throws {
        let seen = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail", retry: .constant(maximumAttempts: 2, delay: .zero)) {
                event,
                context in
                let text = "\(event.details.orderingKey ?? "") \(context.attempt) \(context.delivery.idempotencyKey)"
                seen.withLock { $0.append(text) }
                #expect(context.deliveryID == event.delivery.id)
                if context.attempt == 1 {
                    throw Refused(description: "no")
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(seen.withLock { $0 } == ["key:a 1 a", "key:a 2 a"])
        }
    }

    @Test(
        "a retry of a delivery that was stored without a type runs with the one that its source's rules read today",
        arguments: [("typed:thing", "thing"), ("typed:other", "other"), ("nothing", nil)] as [(String, String?)]
    )
    func typeReadAnew(body: String, type: String?) async throws {
        let seen = Mutex<[String?]>([])
        let rig = Rig { handlers in
            handlers.on(.everything, named: "all", retry: .constant(maximumAttempts: 2, delay: .zero)) {
                event,
                context in
                seen.withLock { $0.append(event.type) }
                if context.attempt == 1 {
                    throw HandlerError.retry(after: .zero)
                }
            }
        }
        try await rig.run { rig in
            try await rig.post(body, type: nil)
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(seen.withLock { $0 } == [nil, type])
        }
    }
}
