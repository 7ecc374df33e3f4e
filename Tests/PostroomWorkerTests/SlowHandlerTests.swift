import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("Slow handlers")
struct SlowHandlerTests {
    @Test("a slow handler delays no other")
    func lanes() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "slow") { _, _ in try await gate.wait() }
            handlers.on(.everything, named: "fast") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            try await rig.post((0..<200).map { "\($0)" })
            try await rig.until("the fast one is through") { journal.entries.count == 200 }
            #expect(await rig.inbox.handledPairs().isEmpty)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 400)
        }
    }

    @Test("no more attempts of a handler run at once than it has slots")
    func slots() async throws {
        let gate = Gate()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 3
        } handlers: { handlers in
            handlers.on(.everything, named: "slow") { _, _ in try await gate.wait() }
        }
        try await rig.run { rig in
            try await rig.post((0..<10).map { "\($0)" })
            try await rig.until("three began") { gate.entered == 3 }
            await rig.pause()
            #expect(gate.entered == 3)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(gate.entered == 10)
        }
    }

    @Test(
        "what is unfinished after half a second leaves its batch: what runs stays with the worker, what waits is owed"
    )
    func detachUnfinished() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 2
        } handlers: { handlers in
            handlers.on(.everything, named: "slow") { _, context in
                journal.note(context)
                try await gate.wait()
            }
            handlers.on(.everything, named: "fast") { _, _ in }
        }
        try await rig.run { rig in
            try await rig.post("a", "b", "c")
            try await rig.until("two began") { gate.entered == 2 }
            #expect(await rig.inbox.batches().count == 1)
            try await rig.until("the batch is settled", advancing: .milliseconds(100)) {
                await rig.inbox.batches().isEmpty
            }
            let identity = try #require(rig.identity)
            let retries = await rig.inbox.retries()
            #expect(
                retries.map(\.holder?.rawValue).sorted { ($0 ?? 0) < ($1 ?? 0) } == [
                    nil, identity.rawValue, identity.rawValue,
                ]
            )
            #expect(await rig.inbox.handledPairs().map(\.handler) == ["fast", "fast", "fast"])
            #expect(rig.metrics["postroom_detached_jobs_total"] == 3)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 6)
            #expect(journal.attempts("slow") == [1, 1, 1])
        }
    }

    @Test(
        "a batch is ended for its age where an attempt is slow or a crash would repeat much, not for want of the processor",
        arguments: [
            (batches: [["0"], ["1"], ["2"]], turn: 300, isEnded: false),
            (batches: [["0"], ["1"], ["2"]], turn: 600, isEnded: true),
            (batches: [["0", "1", "2"]], turn: 300, isEnded: true),
        ]
    )
    func starvation(batches: [[String]], turn: Int, isEnded: Bool) async throws {
        let turns = [Gate(), Gate(), Gate()]
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 1
            configuration.detachAfter = .milliseconds(500)
        } handlers: { handlers in
            handlers.on(.everything, named: "only") { event, _ in
                try await turns[Int(event.delivery.idempotencyKey) ?? 0].wait()
            }
        }
        try await rig.run { rig in
            for keys in batches {
                try await rig.post(keys)
            }
            rig.worker.wake()
            try await rig.until("all are claimed") { await rig.inbox.batches().allSatisfy { $0.holder != nil } }
            for place in 1...3 {
                // Batches are prepared side by side: any of the others may be next.
                try await rig.until("attempt \(place) began") {
                    turns.count { $0.entered == 1 } == place || rig.metrics[Self.detached] > 0
                }
                await rig.pass(.milliseconds(turn))
                for gate in turns where gate.entered == 1 {
                    gate.open()
                }
            }
            for gate in turns {
                gate.open()
            }
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 3)
            #expect((rig.metrics[Self.detached] > 0) == isEnded)
        }
    }

    private static let detached = "postroom_detached_jobs_total"

    @Test("an attempt that ends while its spill is being settled is settled after it")
    func spillRace() async throws {
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "slow") { _, _ in try await gate.wait() }
        }
        // The reply of the spill is lost; the handler ends before the settlement is sent again.
        rig.queue.fail { call, settlement in
            guard call == .settle, let settlement, !settlement.batches.isEmpty else { return nil }
            return gate.isOpen ? nil : .after
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("it left its batch", advancing: .milliseconds(100)) {
                await rig.inbox.batches().isEmpty
            }
            #expect(await rig.inbox.retries().count == 1)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 1)
            #expect(gate.entered == 1)
            #expect(rig.metrics["postroom_late_settlements_total"] == 0)
        }
    }

    @Test("a handler that makes no headway sends what comes back to the inbox, and others go on at full rate")
    func overflow() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 2
            configuration.waitingJobsPerSlot = 4
        } handlers: { handlers in
            handlers.on(.everything, named: "stuck", timeout: .seconds(3600)) { _, _ in try await gate.wait() }
            handlers.on(.everything, named: "fast") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            try await rig.post((0..<2).map { "first-\($0)" })
            try await rig.until("it is stuck") { gate.entered == 2 }
            try await rig.post((0..<8).map { "second-\($0)" })
            try await rig.until("the fast one is through") { journal.entries.count == 10 }
            // Stalled now: no time for a spill passes from here on.
            rig.clock.advance(by: .milliseconds(150))
            try await rig.post((0..<100).map { "third-\($0)" })
            try await rig.until("the third batch is settled") { await rig.inbox.batches().count == 2 }
            #expect(journal.entries.count == 110)
            #expect(await rig.inbox.retries().count { $0.holder == nil } == 100)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 220)
        }
    }

    @Test("retries are claimed only for free slots")
    func retryRoom() async throws {
        let gate = Gate()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 2
        } handlers: { handlers in
            handlers.on(.everything, named: "slow", timeout: .seconds(3600)) { _, _ in try await gate.wait() }
        }
        try await rig.run { rig in
            try await rig.post((0..<20).map { "\($0)" })
            try await rig.until("spilled", advancing: .milliseconds(100)) { await rig.inbox.batches().isEmpty }
            await rig.pass(.seconds(3))
            let identity = rig.identity
            #expect(await rig.inbox.retries().count { $0.holder == identity } == 2)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 20)
        }
    }

    @Test("due retries and suspects move while a backlog of their handler is drained", arguments: [1, 4, 16])
    func backlog(slots: Int) async throws {
        let clock = TestClock()
        let inbox = InMemoryInbox { clock.timestamp }
        let before = WorkerRegistration(label: "before", handlers: [(name: "mail", patterns: [.everything])])
        func claimAll(_ worker: WorkerID) async throws -> [ClaimedBatch] {
            let version = try await inbox.directory().version
            let request = ClaimRequest(deliveries: 100_000, batches: 100_000)
            return try await inbox.settle(Settlement(directoryVersion: version), thenClaim: request, for: worker).1
        }
        let journal = Journal()
        let rig = Rig(clock: clock, inbox: inbox) { configuration in
            configuration.attemptsPerHandler = slots
            configuration.deliveriesInFlight = 64
            configuration.deliveriesPerClaim = 16
        } handlers: { handlers in
            handlers.on(.everything, named: "mail") { _, context in
                try? await clock.workerClock.sleep(.milliseconds(20))
                journal.note(context)
            }
        }
        // Two workers die with what then are suspects; a third leaves retries, which are due.
        _ = try await inbox.register(before)
        try await rig.post((0..<5).map { "suspect-\($0)" })
        for _ in 0..<2 {
            _ = try await claimAll(try await inbox.register(before))
            await inbox.letTimePass(.seconds(20))
            _ = try await inbox.rescue(silentFor: .seconds(15))
        }
        let third = try await inbox.register(before)
        let suspects = try await claimAll(third)
        try await rig.post((0..<40).map { "retry-\($0)" })
        let batches = try await suspects + claimAll(third)
        let owed = batches.map { batch in
            BatchSettlement(
                id: batch.id,
                receivedAt: batch.receivedAt,
                jobs: batch.deliveries.map { delivery in
                    let outcome = JobOutcome.owed(dueIn: .zero, failure: nil)
                    return BatchSettlement.Job(ordinal: delivery.id.ordinal, handler: "mail", outcome: outcome)
                }
            )
        }
        let version = try await inbox.directory().version
        _ = try await inbox.settle(
            Settlement(batches: owed, directoryVersion: version),
            thenClaim: .nothing,
            for: third
        )
        try await inbox.deregister(third)
        let backlog = max(2000, slots * 400)
        for number in 0..<backlog {
            try await rig.post("\(number)")
        }
        try await rig.run { rig in
            try await rig.until("retries and suspects are through", advancing: .milliseconds(20)) {
                journal.entries.count { $0.key.contains("-") } == 45
            }
            // Of the backlog much is left.
            #expect(journal.entries.count - 45 < backlog * 9 / 10)
        }
    }
}
