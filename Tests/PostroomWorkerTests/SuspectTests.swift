import PostroomCore
import PostroomWorker
import TestSupport
import Testing

@Suite("Crash suspects")
struct SuspectTests {
    /// Has workers die that hold everything there is.
    private func kill(_ deaths: Int, _ rig: Rig) async throws {
        for _ in 0..<deaths {
            let registration = WorkerRegistration(label: "doomed", handlers: [(name: "mail", patterns: [.everything])])
            let worker = try await rig.inbox.register(registration)
            let version = try await rig.inbox.directory().version
            let request = ClaimRequest(deliveries: 1000, batches: 1000)
            _ = try await rig.inbox.settle(Settlement(directoryVersion: version), thenClaim: request, for: worker)
            await rig.inbox.letTimePass(.seconds(20))
            _ = try await rig.inbox.rescue(silentFor: .seconds(15))
        }
    }

    private func record(_ rig: Rig) async throws {
        let registration = WorkerRegistration(label: "first", handlers: [(name: "mail", patterns: [.everything])])
        try await rig.inbox.deregister(try await rig.inbox.register(registration))
    }

    @Test("run one at a time, each marked, and every one comes to its end")
    func oneAtATime() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in
                journal.note(context)
                try await gate.wait()
            }
        }
        try await record(rig)
        try await rig.post(["a", "b", "c"])
        try await kill(2, rig)
        try await rig.run { rig in
            try await rig.until("the first runs", advancing: .milliseconds(100)) { gate.entered == 1 }
            for _ in 0..<20 {
                await rig.pass(.milliseconds(200))
            }
            #expect(gate.entered == 1, "others ran beside it")
            #expect(await rig.inbox.retries().count { $0.holder != nil } == 1)
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(Set(journal.entries.map(\.key)) == ["a", "b", "c"])
            #expect(journal.entries.allSatisfy { $0.attempt == 1 })
        }
    }

    @Test("ordinary work goes on beside a suspect")
    func beside() async throws {
        let gate = Gate()
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in
                if context.delivery.idempotencyKey == "suspect" {
                    try await gate.wait()
                }
                journal.note(context)
            }
        }
        try await record(rig)
        try await rig.post(["suspect"])
        try await kill(2, rig)
        try await rig.run { rig in
            try await rig.until("the suspect runs", advancing: .milliseconds(100)) { gate.entered == 1 }
            try await rig.post((0..<100).map { "\($0)" })
            try await rig.until("the others are through", advancing: .milliseconds(10)) { journal.entries.count == 100 }
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
        }
    }

    @Test("a batch that one worker died with runs as ever")
    func oneDeath() async throws {
        let gate = Gate()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, _ in try await gate.wait() }
        }
        try await record(rig)
        try await rig.post(["a", "b", "c"])
        try await kill(1, rig)
        try await rig.run { rig in
            try await rig.until("all run at once", advancing: .milliseconds(10)) { gate.entered == 3 }
            gate.open()
            try await rig.untilDone(advancing: .milliseconds(100))
        }
    }

    @Test("a claim of a suspect whose reply is lost comes back, and runs")
    func lostReply() async throws {
        let journal = Journal()
        let rig = Rig { handlers in
            handlers.on(.everything, named: "mail") { _, context in journal.note(context) }
        }
        try await record(rig)
        try await rig.post(["a"])
        try await kill(2, rig)
        let queue = rig.queue
        queue.fail { call, _ in call == .claimSuspect && queue.count(.claimSuspect) == 2 ? .after : nil }
        try await rig.run { rig in
            try await rig.untilDone(advancing: .milliseconds(100))
            #expect(journal.entries == [Journal.Entry(handler: "mail", key: "a", attempt: 1)])
        }
    }
}
