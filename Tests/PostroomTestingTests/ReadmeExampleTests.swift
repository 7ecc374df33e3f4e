import FoundationEssentials
import Postroom
import PostroomTesting
import Testing

/// The program whose handler the README tries.
struct AcmeWorker: PostroomProgram {
    var crm = FakeCRM()

    func register(on handlers: inout HandlerRegistry) {
        handlers.on(Wacht.UserCreated.self, named: "crm.sync", retry: .exponential(maximumAttempts: 12)) {
            event,
            context in
            try await crm.upsert(id: event.user.id, idempotencyKey: context.idempotencyKey)
        }
    }
}

/// A service that is down for a while.
actor FakeCRM {
    struct Down: Error {}

    private var failures: Int
    private(set) var keys: [String] = []

    init(failures: Int = 0) {
        self.failures = failures
    }

    func upsert(id: String?, idempotencyKey: String) throws {
        guard failures == 0 else {
            failures -= 1
            throw Down()
        }
        keys.append(idempotencyKey)
    }
}

@Suite("The README's example")
struct ReadmeExampleTests {
    // README: begin
    @Test("a user reaches the CRM though it is down at first")
    func userReachesCRM() async throws {
        let crm = FakeCRM(failures: 2)
        let trial = try HandlerTrial("crm.sync") { AcmeWorker(crm: crm).register(on: &$0) }
        let event = try Event.sample(.wacht, "user.created")

        let run = await trial.run(event)

        #expect(run.verdict == .handled)
        #expect(run.attempts.map(\.number) == [1, 2, 3])
        #expect(run.delays == [.seconds(2), .seconds(6)])
        #expect(await crm.keys == [event.idempotencyKey])
    }
    // README: end

    @Test("stands in the README as it is run here")
    func isTheSame() throws {
        let own = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(
            contentsOf: folder.deletingLastPathComponent().appending(path: "README.md"),
            encoding: .utf8
        )
        let lines = own.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasSuffix("// README: begin") })
        let end = try #require(lines.firstIndex { $0.hasSuffix("// README: end") })
        let example = lines[(start + 1)..<end].map { $0.isEmpty ? "" : String($0.dropFirst(4)) }.joined(separator: "\n")
        #expect(readme.contains(example), "copy the example to the README, or mend it there")
    }
}
