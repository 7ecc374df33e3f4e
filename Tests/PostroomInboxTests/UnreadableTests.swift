import PostroomCore
import PostroomInbox
import Synchronization
import TestSupport
import Testing

@Suite("Deliveries without a readable type")
struct UnreadableTests {
    /// Stores deliveries of which every second has no type; those say in their bodies what can be read today.
    private func store(_ test: TestInbox, _ count: Int, source: Source = .wacht) async throws {
        for first in stride(from: 0, to: count, by: 128) {
            let deliveries = (first..<min(first + 128, count))
                .map { number in
                    IncomingDelivery.sample(
                        key: "k\(number)",
                        source: source,
                        eventType: number % 2 == 0 ? "user.created" : nil,
                        body: number % 4 == 1 ? "user.created" : number % 4 == 3 ? "user.deleted" : "{}"
                    )
                }
            _ = try await test.inbox.store(deliveries, claimedBy: nil)
        }
        try await test.query("DELETE FROM postroom.batch")
        try await test.query(
            """
            INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
            VALUES ('created', ARRAY['wacht:user.created'], now(), now()), ('all', ARRAY['*:*'], now(), now()),
                   ('other', ARRAY['anthropic:*'], now(), now())
            """
        )
    }

    private static let readBody: @Sendable (Delivery) -> String? = { String(decoding: $0.body, as: UTF8.self) }

    @Test("a replay reads their type anew and offers them to the handlers that want it, and to no others")
    func replays() async throws {
        try await TestInbox.with { test in
            // More of them than one step returns.
            try await store(test, 1200)
            try await test.query("SELECT postroom.replay_deliveries(everything => true)")
            try await test.carryOut(eventType: Self.readBody)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'created'") == 900)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'all'") == 1200)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == 2100)
            #expect(try await test.count("SELECT moved FROM postroom.replay") == 2100)
        }
    }

    @Test(
        "a filter by type takes the type that is read today",
        arguments: [("user.created", 900), ("user.deleted", 300), ("user.updated", 0)]
    )
    func replaysByType(type: String, count: Int) async throws {
        try await TestInbox.with { test in
            try await store(test, 1200)
            try await test.query("SELECT postroom.replay_deliveries(event_type => '\(type)', handler => 'all')")
            try await test.carryOut(eventType: Self.readBody)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == count)
        }
    }

    @Test("what has no type today either goes to the handlers of everything only, and ends the replay all the same")
    func unreadableStill() async throws {
        try await TestInbox.with { test in
            try await store(test, 1200)
            try await test.query("SELECT postroom.replay_deliveries(everything => true)")
            let asked = Mutex(0)
            try await test.carryOut { _ in
                asked.withLock { $0 += 1 }
                return nil
            }
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'created'") == 600)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'all'") == 1200)
            #expect(asked.withLock { $0 } == 600, "each is read once")
        }
    }

    @Test("nothing is read of deliveries that nobody would want whatever their type, nor of those stored by SQL")
    func readsNothingInVain() async throws {
        try await TestInbox.with { test in
            try await store(test, 100, source: .bearer)
            try await test.query("SELECT postroom.enqueue('internal', NULL, '{}')")
            for handler in ["created", "other"] {
                try await test.query("SELECT postroom.replay_deliveries(handler => '\(handler)', everything => true)")
            }
            try await test.carryOut { delivery in
                Issue.record("\(delivery.source) was read")
                return nil
            }
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == 0)
        }
    }

    @Test("are listed with the reason, newest first, and those without a type by nature are not")
    func lists() async throws {
        try await TestInbox.with { test in
            try await store(test, 1200)
            var filter = DeliveryFilter()
            filter.state = .unreadable
            let reason: @Sendable (Delivery) -> String? = { $0.body == Array("user.deleted".utf8) ? "too long" : nil }
            let all = try await test.inbox.deliveries(filter, limit: 1000, reason: reason)
            #expect(all.found.count == 300 && all.stop == nil)
            #expect(all.found.allSatisfy { $0.unreadable == "too long" && $0.eventType == nil })
            #expect(all.found.map(\.id) == all.found.map(\.id).sorted().reversed())
            let few = try await test.inbox.deliveries(filter, limit: 7, reason: reason)
            #expect(few.found.map(\.id) == all.found.prefix(7).map(\.id) && few.stop == nil)
            let next = try await test.inbox.deliveries(
                filter,
                below: few.found[6].id.rawValue,
                limit: 7,
                reason: reason
            )
            #expect(next.found.map(\.id) == all.found[7..<14].map(\.id))
        }
    }
}
