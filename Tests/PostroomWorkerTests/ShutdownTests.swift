import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("Shutdown")
struct ShutdownTests {
    /// Runs the worker, stops it, and lets time pass in steps until it has ended.
    ///
    /// - Returns: The time that it took to end.
    private func stop(
        _ rig: Rig,
        once begun: @escaping (Rig) async throws -> Void,
        then: (Rig) async throws -> Void = { _ in }
    ) async throws -> Duration {
        try await rig.supervise { stop, ended in
            try await rig.until("registered") { rig.identity != nil }
            try await begun(rig)
            stop()
            try await rig.until("stopping") { rig.identity == nil }
            try await then(rig)
            let start = rig.clock.now
            try await rig.until("ended", advancing: .milliseconds(100)) { ended.isOpen }
            return rig.clock.now - start
        }
    }

    @Test("running handlers end within the grace time and are settled; what had not begun is given back at once")
    func grace() async throws {
        let gate = Gate()
        let rig = Rig { configuration in
            configuration.attemptsPerHandler = 1
        } handlers: { handlers in
            handlers.on(.everything, named: "mail") { _, _ in try await gate.wait() }
        }
        let duration = try await stop(rig) { rig in
            try await rig.post("a", "b", "c")
            try await rig.until("began") { gate.entered == 1 }
        } then: { rig in
            try await rig.until("the others are free") {
                await rig.inbox.retries().count { $0.holder == nil } == 2
            }
            gate.open()
        }
        #expect(duration < .seconds(25))
        #expect(gate.entered == 1)
        #expect(gate.cancelled == 0)
        #expect(rig.inbox.handledCount == 1)
        let retries = await rig.inbox.retries()
        #expect(retries.map(\.failedAttempts) == [0, 0])
        #expect(retries.allSatisfy { $0.holder == nil })
        #expect(rig.queue.count(.deregister) == 1)
    }

    @Test("a handler that is cancelled by the shutdown is charged no attempt")
    func noAttempt() async throws {
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in try await gate.wait() }
        }
        let duration = try await stop(rig) { rig in
            try await rig.post("a", "b")
            try await rig.until("began") { gate.entered == 2 }
        }
        #expect(duration >= .seconds(25))
        #expect(duration < .seconds(60))
        #expect(gate.cancelled == 2)
        #expect(await rig.inbox.batches().isEmpty)
        #expect(await rig.inbox.retries().map(\.failedAttempts) == [0, 0])
        #expect(await rig.inbox.retries().allSatisfy { $0.holder == nil && $0.isDue })
        #expect(rig.inbox.failedAttempts().isEmpty)
        #expect(rig.metrics[#"postroom_attempts_total{handler="mail",outcome="interrupted"}"#] == 2)
    }

    @Test("a handler that ignores its cancellation does not keep the worker, and its pair is given back")
    func stubborn() async throws {
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail", timeout: .seconds(3600)) { _, _ in await gate.waitStubbornly() }
        }
        let duration = try await stop(rig) { rig in
            try await rig.post("a")
            try await rig.until("began") { gate.entered == 1 }
        }
        #expect(duration < .seconds(60))
        #expect(await rig.inbox.retries().map(\.failedAttempts) == [0])
        #expect(await rig.inbox.retries().map(\.holder) == [nil])
        gate.open()
    }

    @Test("an idle worker ends at once, and claims nothing more")
    func idle() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        let duration = try await stop(rig) { _ in }
        #expect(duration < .seconds(25))
        try await rig.post("a")
        await rig.pass(.seconds(3))
        #expect(await rig.inbox.batches().count == 1)
    }

    @Test("a worker that can't register, or whose inbox is gone, still ends", arguments: [true, false])
    func unreachable(fromTheStart: Bool) async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in }
        }
        if fromTheStart {
            rig.queue.fail { _, _ in .before }
        }
        try await rig.supervise { stop, ended in
            try await rig.until("it tried", advancing: .milliseconds(100)) { rig.queue.count(.register) > 0 }
            if !fromTheStart {
                try await rig.until("registered") { rig.identity != nil }
                rig.queue.fail { _, _ in .before }
                try await rig.post("a")
            }
            stop()
            try await rig.until("ended", advancing: .milliseconds(500)) { ended.isOpen }
        }
    }
}
