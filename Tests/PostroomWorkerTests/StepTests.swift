import FoundationEssentials
import PostroomCore
import Synchronization
import TestSupport
import Testing

@testable import PostroomWorker

@Suite("Steps of attempts")
struct StepTests {
    /// The runs, in their order.
    private final class Log: Sendable {
        private let list = Mutex<[String]>([])

        func note(_ entry: String) {
            list.withLock { $0.append(entry) }
        }

        var entries: [String] {
            list.withLock(\.self)
        }
    }

    @Test("a step runs once, and later attempts get its result; its record ends with the job")
    func once() async throws {
        let log = Log()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "orders") { _, context in
                let charge = try await context.step("charge") {
                    log.note("charge")
                    return ["id": 7]
                }
                #expect(charge == ["id": 7])
                try await context.step("mail") { log.note("mail") }
                log.note("attempt \(context.attempt)")
                if context.attempt < 3 { throw HandlerError.retry(after: .zero) }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(await rig.inbox.stepCount() == 0)
            #expect(rig.queue.count(.writeStep) == 2)
        }
        #expect(log.entries == ["charge", "mail", "attempt 1", "attempt 2", "attempt 3"])
    }

    @Test("a step before a death of its worker ran once")
    func rescue() async throws {
        let log = Log()
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "orders") { _, context in
                try await context.step("charge") { log.note("charge") }
                log.note("attempt \(context.attempt)")
                try await gate.wait()
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("it waits") { gate.entered == 1 }
            rig.inbox.bury(try #require(rig.identity))
            try await rig.until("it waits again", advancing: .milliseconds(100)) { gate.entered == 2 }
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
        }
        #expect(log.entries == ["charge", "attempt 1", "attempt 1"])
    }

    @Test("what the receiver handed over is not looked up; what was claimed is, once an attempt")
    func reads() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "orders") { _, context in
                try await context.step("one") {}
                try await context.step("two") {}
            }
        }
        try await rig.run { rig in
            let worker = try #require(rig.worker.reserve(.small(1)))
            let batches = try await rig.post("a", for: worker).batches
            rig.worker.accept(batches, for: worker, reserved: .small(1))
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.queue.count(.readSteps) == 0)
            try await rig.post("b")
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(rig.queue.count(.readSteps) == 1)
        }
    }

    @Test("a sleep gives the slot back, counts no attempt, and is over when the handler comes there again")
    func sleep() async throws {
        let log = Log()
        let rig = Rig(configure: { $0.attemptsPerHandler = 1 }) { handlers in
            handlers.on(.everything, named: "orders") { event, context in
                guard event.idempotencyKey == "sleeper" else { return log.note(event.idempotencyKey) }
                try await context.step("before") { log.note("before") }
                try await context.sleep(for: .seconds(3600))
                log.note("attempt \(context.attempt)")
                try await context.sleep(for: .seconds(60), named: "again")
                try await context.sleep(until: .distantPast)
                log.note("end \(context.attempt)")
            }
        }
        try await rig.run { rig in
            try await rig.post("sleeper")
            try await rig.until("it sleeps", advancing: .milliseconds(10)) {
                await rig.inbox.retries().contains { !$0.isDue && $0.holder == nil }
            }
            try await rig.post("other")
            try await rig.until("the slot is free", advancing: .milliseconds(100)) { log.entries.contains("other") }
            await rig.pass(.seconds(30))
            #expect(log.entries == ["before", "other"])
            #expect(await rig.inbox.retries().map(\.failedAttempts) == [0])
            rig.clock.advance(by: .seconds(3600))
            try await rig.untilDone(advancing: .milliseconds(500))
        }
        #expect(log.entries == ["before", "other", "attempt 1", "attempt 1", "end 1"])
        #expect(await rig.inbox.stepCount() == 0)
        #expect(rig.inbox.failedAttempts().isEmpty)
    }

    @Test("a handler that swallows the error of a sleep sleeps all the same")
    func swallowed() async throws {
        let log = Log()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "orders") { _, context in
                do {
                    try await context.sleep(for: .seconds(60))
                    log.note("awake")
                } catch {
                    log.note("asleep")
                }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(500))
        }
        #expect(log.entries == ["asleep", "awake"])
    }

    @Test("a step that can't be kept fails its attempt, and says why")
    func problems() async throws {
        let errors = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.everything, named: "orders") { _, context in
                func expectProblem(_ body: () async throws -> Void) async throws {
                    do {
                        try await body()
                    } catch let problem as StepProblem {
                        errors.withLock { $0.append(problem.description) }
                    }
                }
                try await context.step("same") {}
                try await expectProblem { try await context.step("same") {} }
                try await expectProblem { try await context.step("") {} }
                try await expectProblem {
                    _ = try await context.step("long") { String(repeating: "a", count: 262_144) }
                }
                try await expectProblem { _ = try await context.step("infinite") { Double.infinity } }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
        }
        let parts = ["came twice", "1 to 200 bytes", "262146 bytes", "can't be encoded"]
        for (error, part) in zip(errors.withLock(\.self), parts) {
            #expect(error.contains(part))
        }
        #expect(errors.withLock { $0.count } == parts.count)
    }

    @Test("a result on record that has another type fails the attempt, and names the step")
    func otherType() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "orders", retry: .constant(maximumAttempts: 2, delay: .zero)) {
                _,
                context in
                if context.attempt == 1 {
                    _ = try await context.step("charge") { "text" }
                    throw HandlerError.retry(after: .zero)
                }
                _ = try await context.step("charge") { 1 }
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.untilDone(advancing: .milliseconds(100))
        }
        let errors = rig.inbox.failedAttempts().map(\.failure.error)
        #expect(errors.last?.contains("'charge' on record is no Int") == true)
    }
}
