import Testing

@testable import PostroomConfiguration

@Suite("Secrets in the wrong place")
struct NoSecretShownTests {
    private static let canary = "Zq7hunter2Zq7hunter2Zq7hunter2"

    private static let file = """
        database: {url: "postgresql://app:§@db/p", schema: §}
        receiver: {port: §, host: "§ x", tls: {certificate: §}}
        §: {port: 1}
        admin: §
        worker: [§]
        log: {level: §, §: 1}
        endpoints:
          §: {source: wacht, secrets: [env:A]}
          a: {source: §, secrets: §}
          b: {source: wacht, secrets: [§, "env:§", {env: §}, {§: 1}], secret: §, §: §}
          c: {source: wacht, secrets: [env:A], tolerance: §, refusal-status: §, body-limit: §}
          d: §
          e: [§]
        """

    private func expectHidden(_ error: InvalidConfiguration, _ comment: Comment) {
        var dumped = ""
        dump(error, to: &dumped)
        for shown in [error.description, "\(error)", String(reflecting: error), dumped] {
            #expect(!shown.contains("hunter2"), comment)
        }
    }

    @Test("no problem shows a secret that somebody wrote where it does not belong")
    func everywhere() throws {
        let yaml = Self.file.replacing("§", with: Self.canary)
        let error = try #require(throws: InvalidConfiguration.self) { try load(yaml) }
        #expect(error.problems.count >= 18)
        expectHidden(error, "\(error.problems.count) problems")
    }

    @Test("no problem of the environment shows a variable's secret", arguments: ConfigurationReference.keys)
    func environment(key: ReferenceKey) throws {
        let variable = key.variable.replacing("<NAME>", with: "A")
        let yaml = "endpoints: {a: {source: wacht, secrets: [env:A]}}"
        do throws(InvalidConfiguration) {
            let loaded = try load(yaml, [variable: Self.canary])
            #expect(["path", "field", "name"].contains { key.expectation.contains($0) })
            #expect(loaded.configuration != ProgramConfiguration())
        } catch {
            expectHidden(error, "\(variable)")
        }
    }

    @Test("no broken file shows its text, wherever it breaks")
    func broken() {
        let yaml = Self.file.replacing("§", with: Self.canary)
        var random = SeededRandom(state: 7)
        var refused = 0
        for _ in 0..<200 {
            var characters = Array(yaml)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0..<characters.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: characters.remove(at: index)
                case 1: characters.insert("\t\"':{}[]&*!|>%@`#-\n,".randomElement(using: &random) ?? " ", at: index)
                default: characters.removeSubrange(index...)
                }
                if characters.isEmpty { characters = ["["] }
            }
            do throws(InvalidConfiguration) {
                _ = try load(String(characters))
            } catch {
                refused += 1
                // A cut may leave a piece that is too short to be known for a secret; the whole one never shows.
                #expect(!error.description.contains(Self.canary))
            }
        }
        #expect(refused > 150)
    }
}
