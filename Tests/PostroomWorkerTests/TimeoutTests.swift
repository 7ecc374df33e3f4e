import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("Timeouts")
struct TimeoutTests {
    @Test("an attempt that takes too long is cancelled and counts as failed")
    func cancellation() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(
                .everything,
                named: "slow",
                retry: .constant(maximumAttempts: 2, delay: .zero),
                timeout: .seconds(2)
            ) { _, context in
                journal.note(context)
                try await gate.wait()
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("slow") == [1, 2])
            #expect(gate.cancelled == 2)
            let letter = try #require(await rig.inbox.deadLetters().first)
            #expect(letter.reason == .exhausted)
            #expect(letter.error == "timed out after 2.0 seconds")
            #expect(rig.metrics[#"postroom_attempts_total{handler="slow",outcome="timed-out"}"#] == 2)
        }
    }

    @Test("a handler that returns early when it is cancelled has not handled its event")
    func swallowedCancellation() async throws {
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "slow", retry: .never, timeout: .seconds(1)) { _, _ in
                try? await gate.wait()
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(await rig.inbox.deadLetters().map(\.error) == ["timed out after 1.0 seconds"])
            #expect(rig.inbox.handledCount == 0)
        }
    }

    @Test("attempts that ended before the timeout are not cancelled by it")
    func nextAttempt() async throws {
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 1
        } handlers: { handlers in
            handlers.on(.everything, named: "quick", timeout: .seconds(1)) { _, context in
                journal.note(context)
                try Task.checkCancellation()
            }
        }
        try await rig.run { rig in
            for number in 0..<50 {
                try await rig.post("\(number)")
                await rig.pass(.milliseconds(300))
            }
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 50)
        }
    }

    @Test("a handler that ignores its cancellation loses its slot, its pair goes on, and its late result is dropped")
    func zombie() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 1
        } handlers: { handlers in
            handlers.on(
                .everything,
                named: "stubborn",
                retry: .constant(maximumAttempts: 3, delay: .zero),
                timeout: .seconds(1)
            ) { _, context in
                journal.note(context)
                if context.attempt == 1 {
                    await gate.waitStubbornly()
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.attempts("stubborn") == [1, 2])
            #expect(rig.inbox.handledCount == 1)
            #expect(rig.inbox.failedAttempts().map(\.failure.error) == ["timed out after 1.0 seconds"])
            #expect(rig.metrics["postroom_zombie_handlers"] == 1)
            gate.open()
            try await rig.until("it is back", advancing: .milliseconds(100)) {
                rig.metrics["postroom_zombie_handlers"] == 0
            }
            try await rig.post("b")
            try await rig.untilDone()
            #expect(rig.inbox.handledCount == 2)
        }
    }

    @Test("no more slots are replaced than there are, however many handlers never return")
    func zombieLimit() async throws {
        let gate = Gate()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 2
        } handlers: { handlers in
            handlers.on(.everything, named: "stubborn", retry: .never, timeout: .seconds(1)) { _, _ in
                await gate.waitStubbornly()
            }
        }
        try await rig.run { rig in
            try await rig.post((0..<20).map { "\($0)" })
            try await rig.until("four were given up", advancing: .milliseconds(100)) {
                await rig.inbox.deadLetters().count == 4
            }
            await rig.pass(.seconds(10))
            #expect(gate.entered == 4)
            #expect(await rig.inbox.deadLetters().count == 4)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.inbox.handledCount == 16)
        }
    }
}
