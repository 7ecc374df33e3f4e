import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Figures that are counted in turns")
struct FigureTests {
    /// Makes batches, owed jobs of two handlers, and letters of two groups.
    private func fill(_ test: TestInbox) async throws {
        try await test.query(
            """
            INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at)
            VALUES ('crm', ARRAY['*:*'], now(), now()), ('mail', ARRAY['*:*'], now(), now())
            """
        )
        try await test.query(
            """
            INSERT INTO postroom.batch (id, received_at, delivery_count, byte_count, worker)
            SELECT n, now() - n * interval '1 second', 2, 1, CASE WHEN n % 4 = 0 THEN 1 END FROM generate_series(1, 40) n
            """
        )
        try await test.query(
            """
            INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, worker, deaths)
            SELECT n, CASE WHEN n % 3 = 0 THEN 'mail' ELSE 'crm' END, now() - interval '1 hour',
                   now() + CASE WHEN n % 2 = 0 THEN interval '1 hour' ELSE interval '-1 second' END,
                   CASE WHEN n % 10 = 0 THEN 1 END, CASE WHEN n % 15 = 1 THEN 2 ELSE 0 END
            FROM generate_series(1, 300) n
            """
        )
        try await test.query(
            """
            INSERT INTO postroom.dead_letter
                (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                 failed_attempts, error, fingerprint, history, headers, body)
            SELECT n, 'crm', 'e' || n % 3, 's', 't' || n % 20, 'k', now(), now() - n * interval '1 s',
                   CASE WHEN n % 5 = 0 THEN 'permanent' ELSE 'exhausted' END, 1, 'error ' || n, 'f' || n % 2, '[]', '', ''
            FROM generate_series(1, 500) AS n
            """
        )
    }

    @Test(
        "steps of any size come to the same figures, which are those of a count of all rows",
        arguments: [1, 7, 100, 50_000]
    )
    func steps(span: Int) async throws {
        try await TestInbox.with { test in
            try await fill(test)
            var steps = 0
            while try await test.query("SELECT goes_on FROM postroom.census_step(\(span), false)") == [["t"]] {
                steps += 1
            }
            #expect(span > 1 || steps == 840)
            let status = try await test.query(
                """
                SELECT waiting_batches, waiting_deliveries, deliveries_in_flight, retries_waiting, retries_due,
                       retries_in_flight, suspects_waiting, dead_letters, oldest_owed >= interval '1 hour', oldest_owed_handler
                FROM postroom.status
                """
            )
            let counted = try await test.query(
                """
                SELECT (SELECT count(*) FROM postroom.batch WHERE worker IS NULL),
                       (SELECT sum(delivery_count) FROM postroom.batch WHERE worker IS NULL),
                       (SELECT sum(delivery_count) FROM postroom.batch WHERE worker IS NOT NULL),
                       count(*) FILTER (WHERE worker IS NULL),
                       count(*) FILTER (WHERE worker IS NULL AND deaths < 2 AND due_at <= now()),
                       count(*) FILTER (WHERE worker IS NOT NULL),
                       count(*) FILTER (WHERE worker IS NULL AND deaths >= 2),
                       (SELECT count(*) FROM postroom.dead_letter), true, 'crm'
                FROM postroom.retry
                """
            )
            #expect(status == counted)
            let backlog = try await test.inbox.backlog(fresh: false)
            #expect(backlog.map(\.name) == ["crm", "mail"])
            #expect(backlog.map { $0.retriesWaiting + $0.retriesInFlight } == [200, 100])
            #expect(backlog.map(\.deadLetters) == [500, 0])
            let totals = try await test.inbox.deadLetterTotals()
            #expect(totals.map(\.letters) == [400, 100] && totals.map(\.reason) == ["exhausted", "permanent"])
        }
    }

    @Test("a group has its count, its times, a sample, its types and endpoints, and a note that people keep")
    func groups() async throws {
        try await TestInbox.with { test in
            try await fill(test)
            try await test.inbox.note("ticket 12", on: "crm", "f1")
            let groups = try await test.inbox.letterGroups(limit: 10)
            #expect(groups.map(\.letters) == [250, 250])
            let group = try #require(
                try await test.inbox.letterGroups(handler: "crm", fingerprint: "f1", limit: 10).first
            )
            #expect(
                group.sample == 499 && group.error == "error 499" && group.note == "ticket 12" && group.author != nil
            )
            #expect(group.types.count == 10 && group.endpoints == ["e0", "e1", "e2"])
            #expect(group.firstDiedAt < group.lastDiedAt)
            try await test.inbox.note("", on: "crm", "f1")
            #expect(try await test.inbox.letterGroups(limit: 10).allSatisfy { $0.note == nil })
        }
    }

    @Test("while one counts, others read the last figures, and go on with its count when it is gone")
    func turns() async throws {
        try await TestInbox.with { test in
            try await fill(test)
            try await test.query("SELECT postroom.take_census()")
            try await test.query("UPDATE postroom.census SET next_at = now()")
            try await test.query("SELECT postroom.census_step(100, false)")
            try await test.query("DELETE FROM postroom.dead_letter WHERE id > 200")
            #expect(try await test.inbox.status(fresh: false).deadLetters == 500, "the last figures stay until the end")
            try await test.inbox.countFigures(eagerly: false)
            #expect(try await test.inbox.status(fresh: false).deadLetters == 200)
            // The count is new: nobody counts again, unless somebody is eager and it was cheap.
            try await test.query("DELETE FROM postroom.dead_letter")
            try await test.inbox.countFigures(eagerly: false)
            #expect(try await test.inbox.status(fresh: false).deadLetters == 200)
            try await test.query("UPDATE postroom.census SET took = interval '1 second'")
            #expect(
                try await test.inbox.status(fresh: true).deadLetters == 200,
                "one that is dear is not repeated for anybody"
            )
            try await test.query("UPDATE postroom.census SET took = interval '0'")
            #expect(try await test.inbox.status(fresh: true).deadLetters == 0)
        }
    }

    @Test("what is asked for reads no row that the number of jobs and letters makes many")
    func cheap() async throws {
        try await TestInbox.with { test in
            try await fill(test)
            try await test.query("SELECT postroom.take_census()")
            for view in ["status", "backlog", "dead_letter_groups"] {
                let plan = try await test.query("EXPLAIN SELECT * FROM postroom.\(view)")
                    .compactMap { $0.first.flatMap { $0 } }.joined(separator: "\n")
                // The errors of groups are looked up by number, which is a choice of the planner's among 500 letters.
                for table in ["retry", "batch"] + (view == "dead_letter_groups" ? [] : ["dead_letter"]) {
                    #expect(!plan.contains("Seq Scan on \(table) "), "\(view) reads all of \(table):\n\(plan)")
                }
            }
        }
    }

    @Test("what processes tell adds up by the minute, and a handler that is slowed is so for half a minute")
    func flows() async throws {
        try await TestInbox.with { test in
            try await fill(test)
            let amount = FlowAmount(kind: "attempt", name: "crm", detail: "handled", amount: 3)
            try await test.inbox.add([amount, amount])
            try await test.inbox.add([amount])
            #expect(try await test.inbox.flows().map(\.amount).reduce(0, +) == 9)
            try await test.inbox.report(slowed: ["crm"], by: "host:1")
            #expect(try await test.inbox.backlog().map(\.isSlowed) == [true, false])
            try await test.query("UPDATE postroom.slowed_handler SET seen_at = now() - interval '31 seconds'")
            #expect(try await test.inbox.backlog().map(\.isSlowed) == [false, false])
            try await test.inbox.report(slowed: [], by: "host:1")
            #expect(try await test.count("SELECT count(*) FROM postroom.slowed_handler") == 0)
            let trend = try await test.inbox.trend()
            #expect(trend.last?.owed == 300 && trend.last?.letters == 500 && trend.last?.waiting == 80)
            #expect((trend.last?.oldest ?? .zero) >= .seconds(3600))
        }
    }

    @Test("of each endpoint the last twenty refusals are read, and no more than one telling's more are kept")
    func refusals() async throws {
        try await TestInbox.with { test in
            func refusal(_ endpoint: EndpointName, _ second: Int64) -> RefusedRequest {
                RefusedRequest(
                    endpoint: endpoint,
                    at: Timestamp(rawValue: second * 1_000_000),
                    process: "host:1",
                    reason: "signature-mismatch",
                    peer: second == 1 ? nil : "192.0.2.7",
                    lookedFor: "Stripe-Signature",
                    found: ""
                )
            }
            try await test.inbox.add([], of: "host:1")
            try await test.inbox.add([refusal("b", 1)], of: "host:1")
            for telling in 0..<10 as Range<Int64> {
                try await test.inbox.add((0..<20).map { refusal("a", telling * 20 + $0) }, of: "host:1")
            }
            #expect(try await test.inbox.refusals(of: "a") == (180..<200).reversed().map { refusal("a", $0) })
            #expect(try await test.inbox.refusals(of: "b") == [refusal("b", 1)])
            #expect(try await test.count("SELECT count(*) FROM postroom.refusal WHERE endpoint = 'a'") <= 40)
        }
    }

    @Test("the use of secrets and the repetitions of deliveries add up, and repetitions of a month ago are forgotten")
    func uses() async throws {
        try await TestInbox.with { test in
            try await test.inbox.add([("a", "env:NEW", 2), ("a", "env:OLD", 1)])
            try await test.inbox.add([("a", "env:NEW", 3)])
            let uses = try await test.inbox.secretUses()
            #expect(uses.map(\.secret) == ["env:NEW", "env:OLD"] && uses.map(\.times) == [5, 1])
            #expect(uses[0].usedAt > uses[1].usedAt)

            let ids = (256...258).map(DeliveryID.init(rawValue:))
            try await test.inbox.add(repetitions: [ids[0]: 2, ids[1]: 1])
            try await test.query("UPDATE postroom.repetition SET last_at = now() - interval '31 days'")
            try await test.inbox.add(repetitions: [ids[1]: 4, ids[2]: 1])
            #expect(try await test.inbox.repetitions(of: ids[0]) == nil)
            #expect(try await test.inbox.repetitions(of: ids[1])?.times == 5)
            #expect(try await test.inbox.repetitions(of: ids[2])?.times == 1)
        }
    }
}
