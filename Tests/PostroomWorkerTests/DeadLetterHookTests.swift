import PostroomCore
import Synchronization
import TestSupport
import Testing

@testable import PostroomWorker

@Suite("The hook for dead letters")
struct DeadLetterHookTests {
    @Test("is called once for a group and hour, however many letters come, and again in the next hour")
    func once() async throws {
        let calls = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { event, _ in
                throw HandlerError.permanent(event.idempotencyKey.first == "x" ? "other" : "no customer")
            }
            handlers.onDeadLetter { group, letter in
                calls.withLock { $0.append("\(group.handler) \(letter.error) \(letter.reason)") }
            }
        }
        try await rig.run { rig in
            for commit in 0..<40 {
                try await rig.post((0..<250).map { "\(commit) \($0)" })
            }
            try await rig.until("called", advancing: .milliseconds(100)) { calls.withLock { !$0.isEmpty } }
            try await rig.untilDone(advancing: .milliseconds(10))
            await rig.pass(.seconds(20))
            #expect(calls.withLock(\.self) == ["mail no customer permanent"])
            try await rig.post("x")
            try await rig.until("called", advancing: .milliseconds(100)) { calls.withLock { $0.count } == 2 }
            rig.clock.advance(by: .seconds(3600))
            try await rig.post("again")
            try await rig.until("called", advancing: .milliseconds(100)) { calls.withLock { $0.count } == 3 }
            #expect(calls.withLock(\.last) == "mail no customer permanent")
        }
    }

    @Test("is called again where it throws, five times at most")
    func throwing() async throws {
        let calls = Mutex(0)
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in throw HandlerError.permanent("no") }
            handlers.onDeadLetter { _, _ in
                calls.withLock { $0 += 1 }
                throw Refused(description: "the pager is down")
            }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("called", advancing: .milliseconds(500)) { calls.withLock(\.self) == 5 }
            for _ in 0..<20 {
                rig.clock.advance(by: .seconds(2))
                await rig.pause()
            }
        }
        #expect(calls.withLock(\.self) == 5)
    }

    @Test("that hangs and ignores its cancellation holds up neither other notices, nor the work, nor the shutdown")
    func hanging() async throws {
        let (held, release) = AsyncStream<Never>.makeStream()
        let calls = Mutex<[String]>([])
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { event, _ in
                if event.idempotencyKey != "good" { throw HandlerError.permanent(event.idempotencyKey) }
            }
            handlers.onDeadLetter { _, letter in
                calls.withLock { $0.append(letter.error) }
                // unstructured: shields the wait from the cancellation, which is what this hook is for
                if letter.error == "hangs" { await Task.detached { for await _ in held {} }.value }
            }
        }
        try await rig.run { rig in
            try await rig.post("hangs")
            try await rig.until("called", advancing: .milliseconds(100)) { calls.withLock(\.self) == ["hangs"] }
            try await rig.post("good", "other")
            try await rig.until("the next was told", advancing: .seconds(1)) { calls.withLock { $0.contains("other") } }
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(await rig.inbox.batches().isEmpty)
        }
        release.finish()
    }

    @Test("a program without a hook asks for no notice")
    func none() async throws {
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in throw HandlerError.permanent("no") }
        }
        try await rig.run { rig in
            try await rig.post("a")
            try await rig.until("dead", advancing: .milliseconds(100)) { await !rig.inbox.deadLetters().isEmpty }
            await rig.pass(.seconds(10))
        }
        #expect(rig.queue.count(.claimNotice) == 0)
    }
}
