import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@Suite("Finding deliveries")
struct FindTests {
    /// Stores five deliveries at two endpoints, each beside one of another endpoint, and makes two handlers.
    private func store(_ test: TestInbox) async throws {
        let places = [("a", "k0"), ("a", "k1"), ("b", "k1"), ("b", "k2"), ("b", "k3")]
        for (number, (endpoint, key)) in places.enumerated() {
            let request = IncomingDelivery.sample(
                key: key,
                endpoint: EndpointName(rawValue: endpoint),
                source: number == 4 ? .bearer : .wacht
            )
            _ = try await test.inbox.store([request, .sample(key: "other \(number)", endpoint: "c")], claimedBy: nil)
        }
        try await test.query("INSERT INTO postroom.endpoint (name, source) VALUES ('a', 'wacht'), ('b', 'wacht')")
        try await test.query(
            """
            INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
            VALUES ('crm', ARRAY['wacht:*'], now(), now()), ('mail', ARRAY['bearer:*'], now(), now())
            """
        )
    }

    @Test("a key alone finds its delivery at every endpoint, and with an endpoint only there")
    func keys() async throws {
        try await TestInbox.with { test in
            try await store(test)
            let both = try await test.inbox.deliveries(withKey: "k1")
            #expect(both.count == 2)
            var filter = DeliveryFilter()
            filter.idempotencyKey = "k2"
            let found = try await test.inbox.deliveries(filter, limit: 10).found
            #expect(found.map(\.endpoint) == ["b"] && found.map(\.idempotencyKey) == ["k2"])
            filter.endpoint = "a"
            #expect(try await test.inbox.deliveries(filter, limit: 10).found.isEmpty)
            #expect(try await test.inbox.deliveries(withKey: "k2", at: "b") == found.map(\.id))
            #expect(try await test.inbox.deliveries(withKey: "nothing").isEmpty)
        }
    }

    @Test("an endpoint that only SQL knows is noted with its first delivery, and nobody waits for that")
    func enqueued() async throws {
        try await TestInbox.with { test in
            try await test.query("SELECT postroom.enqueue('internal', 'a.b', '{}', 'inv-1')")
            #expect(try await test.count("SELECT count(*) FROM postroom.find(key => 'inv-1')") == 1)
            #expect(try await test.count("SELECT count(*) FROM postroom.endpoint") == 1)
        }
    }

    @Test("the process records the endpoints that it receives at")
    func recorded() async throws {
        try await TestInbox.with { test in
            let maintenance = Maintenance(
                inbox: test.inbox,
                retention: Retention(),
                endpoints: [("a", .wacht), ("b", .bearer), ("a", .wacht)],
                logger: .silent
            )
            try await maintenance.recordEndpoints()
            try await maintenance.recordEndpoints()
            let names = try await test.query("SELECT name, source FROM postroom.endpoint ORDER BY name")
            #expect(names == [["a", "wacht"], ["b", "bearer"]])
        }
    }

    static let cases: [(state: DeliveryState?, handler: HandlerName?, keys: Set<String>)] = [
        (.queued, "crm", ["a0"]), (.owed, nil, ["a1"]), (.owed, "crm", ["a1"]), (.owed, "mail", []),
        (.dead, nil, ["b2", "a1"]), (.dead, "mail", ["a1"]), (.handled, "crm", ["b3"]), (.handled, nil, ["b3"]),
        (.settled, "mail", ["b4"]), (nil, "mail", ["a1", "b4"]),
    ]

    @Test("a state is looked for at any handler, or at the one that is named", arguments: cases)
    func states(state: DeliveryState?, handler: HandlerName?, keys: Set<String>) async throws {
        try await TestInbox.with { test in
            try await store(test)
            try await test.query("DELETE FROM postroom.delivery WHERE endpoint = 'c'")
            try await test.query("UPDATE postroom.delivery SET idempotency_key = endpoint || (id / 256 - 1)")
            try await test.query("DELETE FROM postroom.batch WHERE id > 1")
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at)
                SELECT id, 'crm', received_at, now() FROM postroom.delivery WHERE idempotency_key = 'a1'
                """
            )
            try await test.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body)
                SELECT id, CASE idempotency_key WHEN 'a1' THEN 'mail' ELSE 'crm' END, endpoint, source, event_type,
                       idempotency_key, received_at, now(), 'exhausted', 1, 'e', 'f', '[]', headers, body
                FROM postroom.delivery WHERE idempotency_key IN ('a1', 'b2')
                """
            )
            try await test.query(
                """
                INSERT INTO postroom.handled (batch_id, settled_at, worker, handlers, runs)
                VALUES (4, now(), 1, ARRAY['crm'], '\\x00001dde')
                """
            )
            var filter = DeliveryFilter()
            filter.state = state
            filter.handler = handler
            let whole = try await test.inbox.deliveries(filter, limit: 100)
            #expect(Set(whole.found.map(\.idempotencyKey)) == keys && whole.stop == nil)
            // Page by page it is the same.
            var pages: [DeliveryID] = []
            while let page = try? await test.inbox.deliveries(filter, below: pages.last?.rawValue, limit: 1).found,
                !page.isEmpty
            {
                pages += page.map(\.id)
            }
            #expect(pages == whole.found.map(\.id))
        }
    }

    @Test("a source narrows the list, and a state of no such name is refused in words")
    func sources() async throws {
        try await TestInbox.with { test in
            try await store(test)
            var filter = DeliveryFilter()
            filter.source = .bearer
            #expect(try await test.inbox.deliveries(filter, limit: 10).found.map(\.endpoint) == ["b"])
            await #expect(throws: (any Error).self) {
                try await test.query("SELECT * FROM postroom.find(state => 'lost')")
            }
        }
    }

    @Test("a look-up by key reads a handful of pages beside a million deliveries")
    func keyIsCheap() async throws {
        try await TestInbox.with { test in
            try await store(test)
            try await test.query(
                """
                INSERT INTO postroom.idempotency_key (key_hash, delivery_id, received_at)
                SELECT gen_random_uuid(), n, now() FROM generate_series(10000, 210000) n
                """
            )
            let plan = try await test.query(
                "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM postroom.find(key => 'k2')"
            )
            let text = plan.compactMap { $0.first.flatMap(\.self) }.joined()
            let blocks = text.matches(of: #/"Shared (?:Hit|Read) Blocks": (\d+)/#).prefix(2).compactMap { Int($0.1) }
            #expect(blocks.reduce(0, +) < 2_000, "\(text)")
        }
    }
}
