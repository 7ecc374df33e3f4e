import PostroomCore
import PostroomWorker
import Synchronization
import TestSupport
import Testing

@Suite("Faults")
struct UnreliableQueueTests {
    /// Numbers that are the same for the same seed.
    final class Dice: Sendable {
        private let state: Mutex<UInt64>

        init(seed: UInt64) {
            self.state = Mutex(seed)
        }

        func roll() -> UInt64 {
            state.withLock { state in
                state &+= 0x9E37_79B9_7F4A_7C15
                var value = state
                value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
                value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
                return value ^ (value >> 31)
            }
        }
    }

    @Test("ten thousand deliveries, a third of the runs failing, end with exact counts", arguments: [UInt64(1), 4711])
    func manyFailures(seed: UInt64) async throws {
        let dice = Dice(seed: seed)
        let succeeded = Mutex<[String: Int]>([:])
        let rig = Rig(random: WorkerRandom { dice.roll() }) { handlers in
            let policy = RetryPolicy.constant(maximumAttempts: 3, delay: .milliseconds(500))
            for name in ["a", "b", "c"] {
                handlers.on(.everything, named: HandlerName(rawValue: name), retry: policy) { _, context in
                    if dice.roll() % 3 == 0 {
                        throw Refused(description: "unlucky")
                    }
                    succeeded.withLock { $0["\(name) \(context.delivery.idempotencyKey)", default: 0] += 1 }
                }
            }
        }
        try await rig.run { rig in
            for start in stride(from: 0, to: 10_000, by: 100) {
                try await rig.post((start..<(start + 100)).map { "\($0)" })
            }
            try await rig.untilDone(advancing: .milliseconds(100))
            let counts = succeeded.withLock { $0 }
            let letters = await rig.inbox.deadLetters()
            #expect(counts.values.allSatisfy { $0 == 1 }, "seed \(seed)")
            #expect(counts.count + letters.count == 30_000, "seed \(seed)")
            #expect(letters.allSatisfy { $0.reason == .exhausted && $0.failedAttempts == 3 }, "seed \(seed)")
            #expect(rig.inbox.handledCount == counts.count, "seed \(seed)")
            let failures = rig.inbox.failedAttempts()
            #expect(Set(failures.map { "\($0.key) \($0.failure.attempt)" }).count == failures.count, "seed \(seed)")
        }
    }

    @Test("calls that fail before or after their effect lose nothing, and end nothing twice", arguments: 1...6)
    func lossyQueue(seed: UInt64) async throws {
        let dice = Dice(seed: seed)
        let attempts = Mutex<[String: [Int]]>([:])
        let rig = Rig(random: WorkerRandom { dice.roll() }) { configuration in
            configuration.attemptsPerHandler = 8
        } handlers: { handlers in
            let policy = RetryPolicy.constant(maximumAttempts: 3, delay: .milliseconds(300))
            for name in ["a", "b"] {
                handlers.on(.everything, named: HandlerName(rawValue: name), retry: policy) { _, context in
                    attempts.withLock {
                        $0["\(name) \(context.delivery.idempotencyKey)", default: []].append(context.attempt)
                    }
                    if dice.roll() % 4 == 0 {
                        throw Refused(description: "unlucky")
                    }
                }
            }
        }
        try await rig.run { rig in
            rig.queue.fail { call, _ in
                guard call != .register, dice.roll() % 4 == 0 else { return nil }
                return dice.roll() % 2 == 0 ? .before : .after
            }
            for start in stride(from: 0, to: 600, by: 20) {
                try await rig.post((start..<(start + 20)).map { "\($0)" })
                await rig.pass(.milliseconds(100))
            }
            try await rig.untilDone(advancing: .milliseconds(100))
            let handled = await rig.inbox.handledPairs()
            let letters = await rig.inbox.deadLetters()
            #expect(Set(handled).count == handled.count, "seed \(seed)")
            #expect(handled.count + letters.count == 1200, "seed \(seed)")
            // Every run began with the count that the inbox had: no failure is recorded twice.
            let failures = rig.inbox.failedAttempts()
            #expect(Set(failures.map { "\($0.key) \($0.failure.attempt)" }).count == failures.count, "seed \(seed)")
            #expect(letters.allSatisfy { $0.failedAttempts == 3 }, "seed \(seed)")
            #expect(attempts.withLock { $0.count } == 1200, "seed \(seed)")
        }
    }

    @Test("a retry that was claimed again while its settlement's reply was lost is not settled twice")
    func overtakenReply() async throws {
        let second = Gate()
        let third = Gate()
        let claim = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail", retry: .constant(maximumAttempts: 9, delay: .zero)) { _, context in
                switch context.attempt {
                case 1: throw Refused(description: "no")
                case 2: try await second.wait()
                default: try await third.wait()
                }
                if context.attempt == 2 {
                    throw Refused(description: "not yet")
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("the second attempt began", advancing: .milliseconds(100)) { second.entered == 1 }
            rig.queue.hold(.claimRetries, at: claim)
            try await rig.until("a claim is under way", advancing: .milliseconds(100)) { claim.entered > 0 }
            rig.queue.fail { call, settlement in
                call == .settle && settlement?.retries.isEmpty == false && !third.isOpen ? .after : nil
            }
            second.open()
            try await rig.until("it is owed again") { await rig.inbox.retries().map(\.failedAttempts) == [2] }
            rig.queue.hold(.claimRetries, at: nil)
            claim.open()
            try await rig.until("the third attempt began", advancing: .milliseconds(100)) { third.entered == 1 }
            await rig.pass(.seconds(2))
            #expect(await rig.inbox.retries().map(\.holder) == [rig.identity])
            third.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.failedAttempts().map(\.failure.attempt) == [1, 2])
            #expect(third.entered == 1)
            #expect(rig.inbox.handledCount == 1)
        }
    }

    @Test("a settlement that the inbox refuses does not stop the others")
    func poison() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        let isMended = Mutex(false)
        try await rig.run { rig in
            let worker = try #require(rig.worker.reserve(.small(8)))
            let batches = try await rig.post("poison", for: worker).batches
            let poison = batches.map(\.id)
            rig.queue.fail { call, settlement in
                let isPoisoned = settlement?.batches.contains { poison.contains($0.id) } ?? false
                return call == .settle && isPoisoned && !isMended.withLock { $0 } ? .rejected : nil
            }
            var all = batches
            for number in 0..<7 {
                all += try await rig.post("\(number)", for: worker).batches
            }
            rig.worker.accept(all, for: worker, reserved: .small(8))
            try await rig.until("the others are settled", advancing: .milliseconds(100)) {
                await rig.inbox.batches().map(\.id) == poison
            }
            isMended.withLock { $0 = true }
            try await rig.untilDone(advancing: .milliseconds(500))
            #expect(rig.inbox.handledCount == 8)
        }
    }

    @Test(
        "of a settlement whose values are refused only the guilty pair is settled without its words",
        arguments: [
            ("batch", 1), ("batch", 3), ("retry", 1),
        ]
    )
    func unfitValues(place: String, guilty: Int) async throws {
        let isRetry = place == "retry"
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail", retry: .constant(maximumAttempts: 9, delay: .zero)) { _, context in
                switch (context.delivery.idempotencyKey, context.attempt) {
                case (let key, 1) where key.hasPrefix("guilty") && !isRetry: throw HandlerError.permanent("poison")
                case (let key, 2) where key.hasPrefix("guilty"): throw HandlerError.permanent("poison")
                case (_, 1) where isRetry, ("late", 1): throw Refused(description: "not yet")
                case ("dead", _): throw HandlerError.permanent("no")
                default: return
                }
            }
        }
        try await rig.run { rig in
            rig.queue.fail { call, settlement in
                guard call == .settle, let settlement else { return nil }
                let outcomes = settlement.batches.flatMap(\.jobs).map(\.outcome) + settlement.retries.map(\.outcome)
                return outcomes.contains { $0.failure?.error == "poison" } ? .unfit : nil
            }
            let bystanders = (0..<15).map { "\($0)" } + ["late", "dead"]
            try await rig.post(bystanders + (0..<guilty).map { "guilty-\($0)" })
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 16)
            let letters = await rig.inbox.deadLetters()
            #expect(letters.count == guilty + 1)
            #expect(letters.count { $0.error == "no" && $0.reason == .permanent } == 1)
            #expect(letters.count { $0.error.hasPrefix("the inbox refused") && $0.reason == .permanent } == guilty)
            // Nobody waited for what is set aside.
            #expect(rig.clock.now < .seconds(20))
        }
    }

    @Test("an inbox that is gone for a while costs nothing but time")
    func gone() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
        }
        try await rig.run { rig in
            rig.queue.fail { _, _ in .before }
            try await rig.post("a", "b")
            await rig.pass(.seconds(10))
            #expect(journal.entries.isEmpty)
            let calls = rig.queue.count(.settle)
            #expect(calls < 30, "it backs off")
            rig.queue.fail { _, _ in nil }
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 2)
        }
    }
}

extension JobOutcome {
    /// The failure that it brings.
    fileprivate var failure: AttemptFailure? {
        switch self {
        case .owed(_, let failure): failure
        case .dead(_, let failure): failure
        case .handled, .running: nil
        }
    }
}
