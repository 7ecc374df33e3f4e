import FoundationEssentials
import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("What is enqueued for later")
struct EnqueueTests {
    @Test("is one delivery within half a second of its time, though several processes look")
    func onTime() async throws {
        try await TestInbox.with { test in
            try await TestInbox.with(connectionString: test.connectionString) { other in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for inbox in [test.inbox, other.inbox] {
                        group.addTask { await ScheduleRunner(inbox: inbox, logger: .silent).run() }
                    }
                    // The key tells when it is due, in microseconds since 1970. Most are due before what was known then.
                    try await test.query(
                        """
                        SELECT postroom.enqueue('internal', 'thing', '{}',
                            (extract(epoch FROM e.due_at) * 1000000)::bigint::text, e.due_at)
                        FROM (SELECT clock_timestamp() + n * interval '10 ms' AS due_at
                              FROM generate_series(300, 1, -1) AS n) AS e
                        """
                    )
                    let deadline = ContinuousClock.now + .seconds(30)
                    while try await test.count("SELECT count(*) FROM postroom.delivery") < 300, .now < deadline {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    group.cancelAll()
                }
                let late = """
                    SELECT coalesce(max(extract(epoch FROM received_at) * 1000000 - idempotency_key::numeric), 0)::bigint,
                           coalesce(min(extract(epoch FROM received_at) * 1000000 - idempotency_key::numeric), 0)::bigint,
                           count(*), count(DISTINCT idempotency_key), (SELECT count(*) FROM postroom.scheduled)
                    FROM postroom.delivery
                    """
                let row = try await test.query(late)[0].map { Int($0 ?? "") ?? -1 }
                #expect(row[0] < 500_000, "the latest was \(row[0]) µs late")
                #expect(row[1] >= 0, "none came early")
                #expect(row[2...] == [300, 300, 0])
            }
        }
    }

    @Test("by SQL waits without a number, is stored with one, and can be taken back before it is due")
    func bySQL() async throws {
        try await TestInbox.with { test in
            let enqueue = "SELECT postroom.enqueue('internal', 'thing', '{}', 'k', now() + interval '1 day')"
            #expect(try await test.query(enqueue) == [[nil]])
            #expect(try await test.query(enqueue) == [[nil]])
            #expect(try await test.count("SELECT count(*) FROM postroom.scheduled_delivery") == 1)
            #expect(try await test.query("SELECT postroom.cancel('internal', 'k')") == [["t"]])
            #expect(try await test.query("SELECT postroom.cancel('internal', 'k')") == [["f"]])
            let now = try await test.count("SELECT postroom.enqueue('internal', 'thing', '{}', 'k')")
            #expect(try await test.count(enqueue) == now)
            #expect(try await test.count("SELECT count(*) FROM postroom.scheduled") == 0)
        }
    }

    @Test("is listed by its time, and is taken back by its key where one endpoint has it")
    func administration() async throws {
        try await TestInbox.with { test in
            for (endpoint, key, delay) in [("b", "k", "2 days"), ("a", "k", "1 day"), ("a", "other", "3 days")] {
                try await test.query(
                    "SELECT postroom.enqueue('\(endpoint)', 'thing', '{}', '\(key)', now() + interval '\(delay)', 'acme')"
                )
            }
            func listed(_ change: (inout DeliveryFilter) -> Void = { _ in }, limit: Int = 10) async throws -> [String] {
                var filter = DeliveryFilter()
                change(&filter)
                return try await test.inbox.scheduledEvents(filter, limit: limit)
                    .map { "\($0.endpoint) \($0.idempotencyKey) \($0.source) \($0.eventType ?? "-") \($0.bytes)" }
            }
            #expect(try await listed() == ["a k acme thing 2", "b k acme thing 2", "a other acme thing 2"])
            #expect(try await listed(limit: 1) == ["a k acme thing 2"])
            #expect(try await listed { $0.idempotencyKey = "k" } == ["a k acme thing 2", "b k acme thing 2"])
            #expect(try await listed { ($0.idempotencyKey, $0.endpoint) = ("k", "b") } == ["b k acme thing 2"])
            #expect(try await listed { $0.eventType = "nothing" }.isEmpty)

            let inbox = test.inbox
            let both = try await inbox.cancelScheduled("k", endpoint: nil, checkOnly: false)
            #expect(both.map(\.endpoint) == ["a", "b"] && both.allSatisfy { !$0.isCancelled })
            let looked = try await inbox.cancelScheduled("other", endpoint: nil, checkOnly: true)
            #expect(looked.map(\.isCancelled) == [false])
            #expect(try await inbox.cancelScheduled("k", endpoint: "a", checkOnly: false).map(\.isCancelled) == [true])
            #expect(try await inbox.cancelScheduled("k", endpoint: "a", checkOnly: false).isEmpty)
            #expect(try await listed() == ["b k acme thing 2", "a other acme thing 2"])
            #expect(try await test.count("SELECT count(*) FROM postroom.audit WHERE action = 'cancel_scheduled'") == 1)
        }
    }

    @Test("with a source that handlers can't have, or at no moment, is refused")
    func refusals() async throws {
        try await TestInbox.with { test in
            for more in ["source => 'unverified'", "source => ''", "due_at => 'infinity'"] {
                await #expect(throws: PostgresError.self) {
                    try await test.query("SELECT postroom.enqueue('internal', 'thing', '{}', \(more))")
                }
            }
        }
    }

    @Test("the statements of the client do as they say, in the caller's transaction")
    func client() async throws {
        try await TestInbox.with { test in
            let client = EnqueueClient()
            try await test.withConnection { connection in
                func run(_ statement: EnqueueStatement) async throws -> [[String?]] {
                    try await connection.perform(PostgresRequest(text: statement.sql, statement.parameters)).text.rows
                }
                _ = try await connection.query("BEGIN")
                _ = try await client.enqueue(Reminder(text: "rolled back"), key: "gone") { try await run($0) }
                _ = try await connection.query("ROLLBACK")
                let first = try await run(client.statement(Reminder(text: "now"), key: "now"))
                #expect(try await run(client.statement(Reminder(text: "again"), key: "now")) == first)
                #expect(try await run(client.statement(Reminder(text: "keyless"))) != first)
                let later = try client.statement(
                    Reminder(text: "later"),
                    due: .after(.milliseconds(90_500)),
                    key: "later"
                )
                #expect(try await run(later) == [[nil]])
                let moment = try client.statement(Reminder(text: "at"), due: .at(.now + 3600), key: "at")
                #expect(try await run(moment) == [[nil]])
                #expect(try await run(client.cancelStatement(key: "at")) == [["t"]])
                #expect(try await run(client.cancelStatement(key: "at")) == [["f"]])
            }
            let stored = "SELECT source, event_type, convert_from(body, 'UTF8') FROM postroom.delivery ORDER BY id"
            #expect(
                try await test.query(stored) == [
                    ["acme", "reminder", #"{"text":"now"}"#], ["acme", "reminder", #"{"text":"keyless"}"#],
                ]
            )
            let left = "SELECT due_at - scheduled_at = '90.5 s' FROM postroom.scheduled"
            #expect(try await test.query(left) == [["t"]])
        }
    }

    @Test("a schema's name is quoted in the client's statements")
    func quoting() throws {
        let statement = try EnqueueClient(schema: #"a"b"#).statement(Reminder(text: "x"))
        #expect(statement.sql.hasPrefix(#"SELECT "a""b".enqueue("#))
    }
}
