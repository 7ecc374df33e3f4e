import Testing

@testable import PostroomCLI

@Suite("Verbs that change many things at once")
struct ScopeTests {
    private static let verbs = ["deliveries replay", "dead-letters replay", "dead-letters discard"]

    @Test("nothing is done without a filter or --all", arguments: verbs, ["", " --dry-run"])
    func refusedWithoutFilter(verb: String, more: String) {
        let outcome = Outcome(verb + more)
        #expect(outcome.status == 64)
        #expect(outcome.message.contains("give a filter"), "\(outcome.message)")
        #expect(outcome.message.contains("--all"))
    }

    @Test(
        "any filter says which are meant, and so does --all",
        arguments: verbs,
        ["--all", "--endpoint a", "--type a.b", "--since 2h", "--until 2026-05-31", "--id 1"]
    )
    func acceptedWithFilter(verb: String, filter: String) {
        #expect(Outcome("\(verb) \(filter)").status == 0)
    }

    @Test("--handler says which dead letters are meant, but not which deliveries")
    func handler() {
        #expect(Outcome("dead-letters replay --handler crm.sync").status == 0)
        #expect(Outcome("dead-letters discard --reason crash").status == 0)
        #expect(Outcome("deliveries replay --handler crm.sync").status == 64)
        #expect(Outcome("deliveries replay --handler crm.sync --all").status == 0)
    }
}
