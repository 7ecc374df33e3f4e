import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Lists of what is kept")
struct ListingTests {
    private static let filters: [(name: String, filter: DeliveryFilter)] = [
        ("type", filter { $0.eventType = "rare.event" }),
        ("endpoint", filter { $0.endpoint = "rare" }),
        ("state", filter { $0.state = .settled }),
    ]

    private static func filter(_ set: (inout DeliveryFilter) -> Void) -> DeliveryFilter {
        var filter = DeliveryFilter()
        set(&filter)
        return filter
    }

    /// Stores many deliveries with letters, of which the oldest one is rare in every way.
    private func makeMany(_ test: TestInbox, _ count: Int) async throws {
        try await test.makeMany(count)
        try await test.query("UPDATE postroom.delivery SET id = 1 WHERE endpoint = 'rare'")
        try await test.query("UPDATE postroom.dead_letter SET id = -1, delivery_id = 2 WHERE endpoint = 'rare'")
    }

    @Test(
        "a search that finds too little in its time says how far it looked, and goes on from there",
        arguments: filters
    )
    func stops(name: String, filter: DeliveryFilter) async throws {
        try await TestInbox.with { test in
            try await makeMany(test, 40_000)
            let first = try await test.inbox.deliveries(filter, limit: 5, lookingFor: .zero)
            #expect(first.found.isEmpty)
            var stop = try #require(first.stop)
            // One step, which is smaller where the server cut the first one short.
            #expect((1...10_000).contains(stop.looked))
            var found: [DeliverySummary] = []
            while found.isEmpty {
                let next = try await test.inbox.deliveries(filter, below: stop.before, limit: 5, lookingFor: .zero)
                found = next.found
                guard let further = next.stop else { break }
                #expect(further.before < stop.before)
                stop = further
            }
            #expect(found.map(\.id.rawValue) == [1])
            let whole = try await test.inbox.deliveries(filter, limit: 5, lookingFor: .seconds(3600))
            #expect(whole.found.map(\.id.rawValue) == [1] && whole.stop == nil)
        }
    }

    @Test("so does a search for dead letters")
    func stopsAtLetters() async throws {
        try await TestInbox.with { test in
            try await makeMany(test, 40_000)
            try await test.query("UPDATE postroom.dead_letter SET id = 0 WHERE id = -1")
            for filter in [Self.letters { $0.eventType = "rare.event" }, Self.letters { $0.diedOf = .crash }] {
                let first = try await test.inbox.deadLetters(filter, limit: 5, lookingFor: .zero)
                #expect(first.found.isEmpty)
                let stop = try #require(first.stop)
                #expect((1...10_000).contains(stop.looked))
                let rest = try await test.inbox.deadLetters(
                    filter,
                    below: stop.before,
                    limit: 5,
                    lookingFor: .seconds(3600)
                )
                #expect(rest.found.map(\.id) == [0] && rest.stop == nil)
            }
            for filter in [
                Self.letters { $0.handler = "rare" },
                Self.letters { ($0.handler, $0.fingerprint) = ("rare", "broken") },
            ] {
                let listing = try await test.inbox.deadLetters(filter, limit: 5, lookingFor: .zero)
                #expect(listing.found.map(\.id) == [0] && listing.stop == nil, "an index has them in order")
            }
            #expect(try await test.inbox.countDeadLetters(DeadLetterFilter()) == 40_000)
            #expect(try await test.inbox.countDeadLetters(Self.letters { $0.diedOf = .crash }) == 1)
            #expect(
                try await test.inbox.discardDeadLetters(Self.letters { $0.diedOf = .permanent }, everything: false)
                    == 39_999
            )
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 1)
        }
    }

    private static func letters(_ set: (inout DeadLetterFilter) -> Void) -> DeadLetterFilter {
        var filter = DeadLetterFilter()
        set(&filter)
        return filter
    }

    @Test("a search for what came lately ends where older ones begin, whatever is behind")
    func endsAtSince() async throws {
        try await TestInbox.with { test in
            try await test.makeMany(40_000)
            try await test.query(
                """
                UPDATE postroom.delivery SET received_at = received_at - interval '2 hours' WHERE id <= 30000 * 256
                """
            )
            let since = try #require(
                try await test.query("SELECT extract(epoch FROM now())::bigint - 946684800").first?.first.flatMap { $0 }
                    .flatMap { Int64($0) }
            )
            let filter = Self.filter { filter in
                filter.since = Timestamp(rawValue: (since - 1800) * 1_000_000)
                filter.eventType = "nothing"
            }
            let listing = try await test.inbox.deliveries(filter, limit: 5, lookingFor: .seconds(3600))
            #expect(listing.found.isEmpty && listing.stop == nil)
            let looks = try await test.query(
                """
                SELECT reached FROM postroom.look_at_deliveries(30000 * 256, 10000, now() - interval '30 minutes', NULL)
                """
            )
            #expect(looks == [[nil]])
        }
    }

    @Test("pages of any size put together are the whole list, over all days, newest first")
    func pages() async throws {
        try await TestInbox.with { test in
            let keys = (0..<100).map { "k\($0)" }
            for key in keys {
                _ = try await test.inbox.store([.sample(key: key)], claimedBy: nil)
            }
            // Half of them in the partition of tomorrow.
            try await test.query(
                "UPDATE postroom.delivery SET received_at = received_at + interval '1 day' WHERE (id >> 8) > 50"
            )
            let whole = try await test.inbox.deliveries(DeliveryFilter(), limit: 1000)
            #expect(whole.found.map(\.idempotencyKey) == keys.reversed())
            #expect(whole.found.allSatisfy { $0.state == "queued" })
            for size in [1, 7, 99, 100, 101] {
                var pages: [DeliverySummary] = []
                while let page = try? await test.inbox.deliveries(
                    DeliveryFilter(),
                    below: pages.last?.id.rawValue,
                    limit: size
                ), !page.found.isEmpty {
                    pages += page.found
                }
                #expect(pages.map(\.id) == whole.found.map(\.id))
            }
            #expect(try await test.inbox.countDeliveries(DeliveryFilter()) == 100)
            let some = Self.filter { $0.ids = [whole.found[3].id, whole.found[60].id] }
            #expect(try await test.inbox.deliveries(some, limit: 5).found.map(\.id) == some.ids)
            #expect(try await test.inbox.countDeliveries(some) == 2)
        }
    }

    @Test("the size of steps follows their time, and stays within its bounds")
    func stepSizes() {
        var size = StepSize()
        for _ in 0..<20 { size.ended(in: .milliseconds(1)) }
        #expect(size.rows == StepSize.most)
        size.ended(in: .milliseconds(100))
        #expect(size.rows == StepSize.most)
        size.ended(in: .seconds(1))
        #expect(size.rows == StepSize.most / 2)
        var cuts = 0
        while size.timedOut() { cuts += 1 }
        #expect(size.rows == StepSize.least)
        #expect(cuts < 10)
        for _ in 0..<20 { size.ended(in: .seconds(1)) }
        #expect(size.rows == StepSize.least)
    }

    @Test("groups of dead letters name the newest error of each")
    func groups() async throws {
        try await TestInbox.with { test in
            try await test.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body)
                SELECT n, 'h' || n % 3, 'e', 's', 'k', now(), now() + n * interval '1 s', 'permanent', 1,
                       'error ' || n, 'f' || n % 2, '[]', '', ''
                FROM generate_series(1, 120) AS n
                """
            )
            try await test.query("SELECT postroom.take_census()")
            let groups = try await test.query(
                """
                SELECT handler, fingerprint, letters, last_error, last_id FROM postroom.dead_letter_groups
                ORDER BY handler, fingerprint
                """
            )
            let expected = try await test.query(
                """
                SELECT handler, fingerprint, count(*), (array_agg(error ORDER BY id DESC))[1], max(id)
                FROM postroom.dead_letter GROUP BY handler, fingerprint ORDER BY handler, fingerprint
                """
            )
            #expect(groups == expected && groups.count == 6)
        }
    }
}
