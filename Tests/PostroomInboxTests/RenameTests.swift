import PostgresClient
import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@Suite("A handler's new name")
struct RenameTests {
    private func register(_ test: TestInbox, _ handlers: HandlerName...) async throws -> WorkerID {
        let handlers = handlers.map { (name: $0, patterns: [EventPattern.everything]) }
        return try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
    }

    private func addRetries(_ test: TestInbox, _ count: Int, of handler: String) async throws {
        try await test.query(
            """
            INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, deaths)
            SELECT i, '\(handler)', now(), now() + interval '1 hour', CASE WHEN i % 10 = 0 THEN 2 ELSE 0 END
            FROM generate_series(1, \(count)) AS i
            """
        )
    }

    @Test("is that of replays, workers and audit too")
    func everywhere() async throws {
        try await TestInbox.with { test in
            _ = try await register(test, "mail", "crm")
            try await test.query("SELECT postroom.replay_dead_letters(handler => 'mail')")
            #expect(try await test.inbox.rename("mail", to: "post") == 0)
            #expect(try await test.query("SELECT handler FROM postroom.replay") == [["post"]])
            #expect(try await test.query("SELECT handlers FROM postroom.worker") == [["{crm,post}"]])
            let audit =
                "SELECT detail ->> 'handler', detail ->> 'new_name' FROM postroom.audit WHERE action = 'rename_handler'"
            #expect(try await test.query(audit) == [["mail", "post"]])
            _ = try await register(test, "mail")
            #expect(
                try await test.query("SELECT handlers FROM postroom.worker ORDER BY id DESC LIMIT 1") == [["{post}"]]
            )
        }
    }

    @Test("moves everything that is owed, suspects too, in steps of a thousand, whoever carries them out")
    func steps() async throws {
        try await TestInbox.with { test in
            _ = try await register(test, "mail")
            try await addRetries(test, 3500, of: "mail")
            try await test.query("SELECT postroom.rename_handler('mail', 'post')")
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'post'") == 1000)
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            while try await maintenance.moveRenamedJobs() {}
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'post'") == 3500)
            try await addRetries(test, 10, of: "mail")
            #expect(try await maintenance.moveRenamedJobs() == false)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == 3500, "a job owed twice is one job")
            // What removed handlers leave is dropped; what renamed ones leave is not.
            try await maintenance.pruneRemovedHandlers()
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == 3500)
        }
    }

    @Test("lets no job pass an earlier one of its key that is still on its way")
    func order() async throws {
        try await TestInbox.with { test in
            let worker = try await test.inbox.register(
                WorkerRegistration(label: "test", handlers: [("mail", [.everything])], orders: ["mail": .byKey])
            )
            try await test.query(
                """
                INSERT INTO postroom.retry
                    (delivery_id, handler, received_at, due_at, order_key, order_position, is_behind)
                SELECT i, 'mail', now(), now(), CASE WHEN i <= 1500 THEN 'a' ELSE 'z' END, i, i NOT IN (1, 1501)
                FROM generate_series(1, 3000) AS i
                """
            )
            // The front of the second key is with a worker, so that its jobs go last.
            try await test.query("UPDATE postroom.retry SET worker = \(worker.rawValue) WHERE delivery_id = 1501")
            try await test.query("SELECT postroom.rename_handler('mail', 'post')")
            try await test.query(
                """
                INSERT INTO postroom.retry (delivery_id, handler, received_at, due_at, order_key, order_position, is_behind)
                VALUES (4000, 'post', now(), now(), 'z', 4000, true)
                """
            )
            try await test.query("SELECT postroom.arrange_order('{post}', '{z}')")
            // A job without its delivery is ended by its claim.
            try await test.query(
                """
                INSERT INTO postroom.delivery (id, received_at, endpoint, source, idempotency_key, headers, body)
                SELECT delivery_id, received_at, 'e', 'bearer', 'k' || delivery_id, '', '' FROM postroom.retry
                """
            )
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            func claimed() async throws -> [Int64] {
                test.inbox.forgetPlaces()
                let claims = [RetryClaim(handler: "post", limit: 10, mayHaveKeys: true)]
                return try await test.inbox.claimRetries(claims, for: worker).map(\.key.delivery.rawValue).sorted()
            }
            #expect(try await claimed() == [], "1,000 are moved")
            while try await maintenance.moveRenamedJobs() {}
            #expect(try await claimed() == [], "one runs under the former name")
            try await test.query("UPDATE postroom.retry SET worker = NULL WHERE delivery_id = 1501")
            while try await maintenance.moveRenamedJobs() {}
            #expect(try await claimed() == [1, 1501])
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'mail'") == 0)
        }
    }

    @Test("costs a step next to nothing beside many jobs and letters of others")
    func cheap() async throws {
        try await TestInbox.with { test in
            _ = try await register(test, "mail", "crm")
            try await addRetries(test, 200_000, of: "crm")
            _ = try await test.inbox.rename("mail", to: "post")
            try await test.withConnection { connection in
                // Once for the catalogue, which only a session's first call reads.
                _ = try await connection.query("SELECT postroom.move_renamed(1000)")
                let plan = try await connection.query(
                    "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT postroom.move_renamed(1000)"
                )
                let text = plan.compactMap { $0.first.flatMap(\.self) }.joined()
                let blocks = text.matches(of: #/"Shared (?:Hit|Read) Blocks": (\d+)/#).prefix(2)
                    .compactMap { Int($0.1) }
                #expect(blocks.reduce(0, +) < 1_000, "\(text)")
            }
        }
    }

    @Test("keeps the failed attempts that were made under the former one")
    func history() async throws {
        try await TestInbox.with { test in
            let worker = try await register(test, "mail")
            let batch = try #require(
                try await test.inbox.store([IncomingDelivery.sample(key: "a")], claimedBy: worker).batches.first
            )
            let failure = AttemptFailure(attempt: 1, error: "first", duration: .milliseconds(3))
            let owed = BatchSettlement(
                id: batch.id,
                receivedAt: batch.receivedAt,
                jobs: [.init(ordinal: 0, handler: "mail", outcome: .owed(dueIn: .zero, failure: failure))]
            )
            let version = try await test.inbox.directory().version
            _ = try await test.inbox.settle(
                Settlement(batches: [owed], directoryVersion: version),
                thenClaim: .nothing,
                for: worker
            )
            #expect(try await test.inbox.rename("mail", to: "post") == 1)
            let retry = try #require(
                try await test.inbox.claimRetries([RetryClaim(handler: "post", limit: 1)], for: worker).first
            )
            let last = AttemptFailure(attempt: 2, error: "second", duration: .milliseconds(3))
            let dead = RetrySettlement(key: retry.key, outcome: .dead(reason: .exhausted, failure: last))
            _ = try await test.inbox.settle(
                Settlement(retries: [dead], directoryVersion: version),
                thenClaim: .nothing,
                for: worker
            )
            let errors =
                "SELECT string_agg(a ->> 'error', ' ') FROM postroom.dead_letter, jsonb_array_elements(history) AS a"
            #expect(try await test.query(errors) == [["first second"]])
        }
    }

    @Test("a replay waits while letters are on their way to it")
    func replay() async throws {
        try await TestInbox.with { test in
            _ = try await register(test, "mail")
            try await test.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, idempotency_key, received_at, died_at, reason, failed_attempts,
                     error, fingerprint, history, headers, body)
                SELECT i, 'mail', 'e', 'bearer', 'k' || i, now(), now(), 'permanent', 1, 'e', 'f', '[]', '', ''
                FROM generate_series(1, 1500) AS i
                """
            )
            try await test.query("SELECT postroom.rename_handler('mail', 'post')")
            try await test.query("SELECT postroom.replay_dead_letters(handler => 'post', rate => 100000)")
            let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
            try await maintenance.advanceRunningReplays()
            #expect(try await test.count("SELECT moved FROM postroom.replay") == 0)
            while try await maintenance.moveRenamedJobs() {}
            try await maintenance.advanceRunningReplays()
            #expect(try await test.count("SELECT moved FROM postroom.replay") > 0)
        }
    }

    static let refusals: [(old: String, new: String, told: String)] = [
        ("nobody", "x", "there is no handler named 'nobody'"),
        ("mail", "crm", "there is a handler named 'crm' already"),
        ("mail", "", "'' can't be the new name of a handler"),
        ("mail", "mail", "'mail' can't be the new name of a handler"),
        ("mail", "former", "'former' is a former name of the handler 'today'"),
        ("mail", "removed", "jobs of the removed handler 'removed' are still to be dropped"),
    ]

    @Test("that can't be is refused in words", arguments: refusals)
    func refused(old: String, new: String, told: String) async throws {
        try await TestInbox.with { test in
            _ = try await register(test, "mail", "crm", "former", "removed")
            try await test.query("SELECT postroom.rename_handler('former', 'today')")
            try await addRetries(test, 1, of: "removed")
            try await test.query("SELECT postroom.remove_handler('removed')")
            let error = await #expect(throws: QueueError.self) {
                try await test.inbox.rename(HandlerName(rawValue: old), to: HandlerName(rawValue: new))
            }
            #expect(error?.kind == .rejected)
            #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
        }
    }
}
