import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@Suite("Replay")
struct ReplayTests {
    /// Stores deliveries, and makes each a dead letter of the handler `crm`.
    private func makeLetters(_ test: TestInbox, _ count: Int) async throws -> [DeadLetterSummary] {
        let handlers = [(name: HandlerName("crm"), patterns: [EventPattern.everything])]
        let worker = try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
        let version = try await test.inbox.directory().version
        let incoming = (0..<count).map { IncomingDelivery.sample(key: "k\($0)") }
        let batches = try await test.inbox.store(incoming, claimedBy: worker).batches
        let settlements = batches.map { batch in
            BatchSettlement(
                id: batch.id,
                receivedAt: batch.receivedAt,
                jobs: batch.deliveries.map { delivery in
                    let failure = AttemptFailure(attempt: 1, error: "no such user 4711", duration: .milliseconds(3))
                    let outcome = JobOutcome.dead(reason: .permanent, failure: failure)
                    return BatchSettlement.Job(ordinal: delivery.id.ordinal, handler: "crm", outcome: outcome)
                }
            )
        }
        let settlement = Settlement(batches: settlements, directoryVersion: version)
        let (result, _) = try await test.inbox.settle(settlement, thenClaim: .nothing, for: worker)
        #expect(result.lostBatches.isEmpty && !result.directoryIsStale)
        return try await test.inbox.deadLetters(DeadLetterFilter(), limit: count).found
    }

    private func carryOut(_ test: TestInbox) async throws {
        let maintenance = Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent)
        while try await maintenance.advanceRunningReplays() {}
    }

    @Test("a dead letter carries its delivery and its history")
    func carriesEverything() async throws {
        try await TestInbox.with { test in
            let summary = try #require(try await makeLetters(test, 1).first)
            let letter = try #require(try await test.inbox.deadLetter(summary.id))
            #expect(letter.delivery.body == Array("{}".utf8))
            #expect(letter.summary.reason == "permanent")
            #expect(letter.history.contains("no such user 4711"))
        }
    }

    @Test("a replayed letter moves once, even when many replay it at the same moment")
    func movesOnce() async throws {
        try await TestInbox.with { test in
            let letter = try #require(try await makeLetters(test, 1).first)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        try await test.query("SELECT postroom.replay_dead_letters(ids => ARRAY[\(letter.id)])")
                    }
                }
                try await group.waitForAll()
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await carryOut(test) }
                }
                try await group.waitForAll()
            }
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 0)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == 1)
            #expect(try await test.count("SELECT sum(moved) FROM postroom.replay") == 1)
            #expect(try await test.count("SELECT count(*) FROM postroom.replay WHERE state = 'done'") == 10)
        }
    }

    /// Advances every replay once.
    private func advance(_ test: TestInbox) async throws {
        _ = try await Maintenance(inbox: test.inbox, retention: Retention(), logger: .silent).advanceRunningReplays()
    }

    /// Tries what is owed, and settles it.
    private func attempt(_ test: TestInbox, _ outcome: (Int) -> JobOutcome) async throws {
        let worker = try await test.inbox.register(WorkerRegistration(label: "second", handlers: []))
        let retries = try await test.inbox.claimRetries([RetryClaim(handler: "crm", limit: 1000)], for: worker)
        let settled = retries.enumerated().map { RetrySettlement(key: $1.key, outcome: outcome($0)) }
        let version = try await test.inbox.directory().version
        let settlement = Settlement(retries: settled, directoryVersion: version)
        _ = try await test.inbox.settle(settlement, thenClaim: .nothing, for: worker)
    }

    private func failed(_ index: Int) -> JobOutcome {
        let failure = AttemptFailure(attempt: 2, error: "still broken", duration: .zero)
        return index % 2 == 0
            ? .dead(reason: .permanent, failure: failure) : .owed(dueIn: .seconds(600), failure: failure)
    }

    @Test("a large replay waits for its first twenty, and is paused where most of them fail again")
    func canaries() async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 100)
            try await test.query("SELECT postroom.replay_dead_letters(everything => true)")
            for _ in 0..<3 {
                try await advance(test)
            }
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 80)
            #expect(try await test.inbox.replays(limit: 1).first?.note == "waits for the first 20 of crm to be tried")
            try await attempt(test) { $0 < 11 ? failed($0) : .handled(duration: .zero) }
            try await advance(test)
            let replay = try #require(try await test.inbox.replays(limit: 1).first)
            #expect(replay.state == "paused")
            #expect(replay.note?.hasPrefix("11 of the first 20 of crm failed again") == true)
            #expect(replay.moved == 20)
            // Who resumes it has decided.
            #expect(try await test.inbox.change(replay: replay.id, .resume) == "running")
            try await carryOut(test)
            let done = try #require(try await test.inbox.replays(limit: 1).first)
            #expect(done.state == "done" && done.moved == 100 && done.note == nil)
        }
    }

    @Test("a large replay goes on by itself where half of its first twenty end well")
    func provenCanaries() async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 100)
            try await test.query("SELECT postroom.replay_dead_letters(handler => 'crm')")
            try await advance(test)
            try await attempt(test) { $0 < 10 ? failed($0) : .handled(duration: .zero) }
            try await carryOut(test)
            let done = try #require(try await test.inbox.replays(limit: 1).first)
            #expect(done.state == "done" && done.moved == 100 && done.note == nil)
        }
    }

    @Test("a replayed pair starts its policy anew and goes on counting attempts")
    func forgivesAttempts() async throws {
        try await TestInbox.with { test in
            let letter = try #require(try await makeLetters(test, 1).first)
            try await test.query("SELECT postroom.replay_dead_letter(\(letter.id))")
            try await carryOut(test)
            let worker = try await test.inbox.register(WorkerRegistration(label: "second", handlers: []))
            let claims = [RetryClaim(handler: "crm", limit: 5)]
            let retry = try #require(try await test.inbox.claimRetries(claims, for: worker).first)
            #expect(retry.failedAttempts == 1)
            #expect(retry.attemptsBeforeReplay == 1)
        }
    }

    @Test("letters that die during a replay are not replayed by it again")
    func leavesNewLetters() async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 20)
            try await test.query("SELECT postroom.replay_dead_letters(everything => true)")
            try await test.query("UPDATE postroom.dead_letter SET died_at = now() + interval '1 hour' WHERE id % 2 = 0")
            try await carryOut(test)
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 10)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry") == 10)
        }
    }

    @Test("a letter whose delivery was dropped by retention brings it back")
    func restoresDelivery() async throws {
        try await TestInbox.with { test in
            let letter = try #require(try await makeLetters(test, 1).first)
            try await test.query("DELETE FROM postroom.delivery")
            try await test.query("SELECT postroom.replay_dead_letter(\(letter.id))")
            try await carryOut(test)
            let kept = try #require(try await test.inbox.delivery(letter.deliveryID))
            #expect(kept.delivery.body == Array("{}".utf8))
        }
    }

    @Test(
        "a wrong filter replays and discards nothing, and says why",
        arguments: [
            ("", "no filter was given"),
            ("handler => 'typo'", "there is no handler named 'typo'"),
            ("died_of => 'boredom'", "nothing dies of 'boredom'"),
            ("since => now(), until => now() - interval '1 day'", "is after until"),
        ]
    )
    func refusesWrongFilters(arguments: String, complaint: String) async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 3)
            for function in ["replay_dead_letters", "discard_dead_letters"] {
                let error = await #expect(throws: (any Error).self) {
                    try await test.query("SELECT postroom.\(function)(\(arguments))")
                }
                #expect("\(error.map { "\($0)" } ?? "")".contains(complaint))
            }
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 3)
            #expect(try await test.count("SELECT count(*) FROM postroom.replay") == 0)
        }
    }

    @Test(
        "a filter meets just what it says",
        arguments: [
            ("handler => 'crm'", 4), ("event_type => 'user.created'", 4), ("event_type => 'user.deleted'", 0),
            ("endpoint => 'test'", 4), ("died_of => 'permanent'", 4), ("died_of => 'crash'", 0),
            ("since => now() - interval '1 hour'", 4), ("until => now() - interval '1 hour'", 0),
            ("everything => true", 4),
        ]
    )
    func filters(arguments: String, count: Int) async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 4)
            #expect(try await test.count("SELECT postroom.discard_dead_letters(\(arguments))") == count)
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 4 - count)
            #expect(try await test.count("SELECT count(*) FROM postroom.audit") == 1)
        }
    }

    @Test("replaying a letter that does not exist is refused")
    func refusesMissingLetter() async throws {
        try await TestInbox.with { test in
            let error = await #expect(throws: (any Error).self) {
                try await test.query("SELECT postroom.replay_dead_letter(4711)")
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("there is no dead letter 4711"))
        }
    }

    @Test("kept deliveries go through the handlers that subscribe to them, and take their dead letters along")
    func replaysDeliveries() async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 3)
            var pace = ReplayPace()
            pace.toHandler = "crm"
            let replay = try await test.inbox.replayDeliveries(DeliveryFilter(), pace: pace, everything: true)
            try await carryOut(test)
            #expect(try await test.inbox.replays(id: replay, limit: 1).first?.moved == 3)
            #expect(try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = 'crm'") == 3)
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 0)
        }
    }

    @Test("kept deliveries reach the handlers of their endpoint, and no handler of another one")
    func replaysByEndpoint() async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 2)
            let endpoint: EndpointName = "test"
            let source = IncomingDelivery.sample(key: "k0").source
            let handlers: [(name: HandlerName, patterns: [EventPattern])] = [
                ("here", [.events(from: source, at: endpoint)]), ("elsewhere", [.events(from: source, at: "other")]),
                ("anywhere", [EventPattern(source: nil, at: endpoint, pattern: "user.*")]),
            ]
            _ = try await test.inbox.register(WorkerRegistration(label: "test", handlers: handlers))
            for handler in handlers {
                var pace = ReplayPace()
                pace.toHandler = handler.name
                _ = try await test.inbox.replayDeliveries(DeliveryFilter(), pace: pace, everything: true)
            }
            try await carryOut(test)
            for (handler, count) in [("here", 2), ("elsewhere", 0), ("anywhere", 2)] {
                #expect(
                    try await test.count("SELECT count(*) FROM postroom.retry WHERE handler = '\(handler)'") == count,
                    "\(handler)"
                )
            }
        }
    }

    @Test(
        "the database and the workers agree on what a pattern matches",
        arguments: [
            "*:*", "*:user.*", "custom:*", "custom@a:user.*", "custom@b:*", "*@a:*", "custom@a:a:b*", "bearer@a:*",
        ]
    )
    func patterns(text: String) async throws {
        let pattern = try #require(EventPattern(description: text))
        let deliveries: [(source: Source, endpoint: EndpointName, type: String?)] = [
            (.custom, "a", "user.created"), (.custom, "b", "user.created"), (.custom, "a", "a:b.c"),
            (.custom, "a", nil),
            (.bearer, "a", "user.created"), (.bearer, "b", nil),
        ]
        try await TestInbox.with { test in
            for delivery in deliveries {
                let type = delivery.type.map { "'\($0)'" } ?? "NULL"
                let found = try await test.query(
                    """
                    SELECT postroom.pattern_matches('\(text)', '\(delivery.source)', '\(delivery.endpoint)', \(type))::text
                    """
                )
                let matches = pattern.matches(
                    source: delivery.source,
                    endpoint: delivery.endpoint,
                    eventType: delivery.type
                )
                #expect(found.first?.first == "\(matches)", "\(delivery)")
            }
        }
    }

    @Test("a cancelled replay stops and stays cancelled, a paused one goes on")
    func cancelsReplays() async throws {
        try await TestInbox.with { test in
            _ = try await makeLetters(test, 2)
            let first = try await test.inbox.replayDeadLetters(DeadLetterFilter(), everything: true)
            #expect(try await test.inbox.change(replay: first, .cancel) == "cancelled")
            #expect(try await test.inbox.change(replay: first, .resume) == "cancelled")
            try await carryOut(test)
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 2)
            let second = try await test.inbox.replayDeadLetters(DeadLetterFilter(), everything: true)
            #expect(try await test.inbox.change(replay: second, .pause) == "paused")
            try await carryOut(test)
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 2)
            #expect(try await test.inbox.change(replay: second, .resume) == "running")
            try await carryOut(test)
            #expect(try await test.count("SELECT count(*) FROM postroom.dead_letter") == 0)
            #expect(try await test.inbox.change(replay: 99, .cancel) == nil)
        }
    }
}
