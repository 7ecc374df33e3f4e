import ArgumentParser
import PostroomCLI
import Testing

@testable import PostroomTool

@Suite("The verbs that only the plain program has")
struct LabVerbTests {
    @Test(
        "each is there with its options",
        arguments: [
            "ingest", "drain --handlers 10 --decode typed --fail-rate 0.5 --events 9 --json",
            "drain --order --keys 9 --transactional --limit 3",
            "end-to-end --old-snapshot 60s --scheduled-retries 1000000 --no-hand-off",
            "latency --database postgres:///x --allow-load --body-bytes 99",
            "http --http-connections 8 --seconds 2", "operate --prefill-history 9", "decode",
        ]
    )
    func bench(line: String) throws {
        _ = try BenchCommand.parse(Self.words(line))
    }

    @Test("chaos takes its options", arguments: ["", "--minutes 0.5 --seed 3 --rate 9 --patience 2 --json"])
    func chaos(line: String) throws {
        _ = try ChaosCommand.parse(Self.words(line))
    }

    @Test(
        "what can't be meant is refused with the reason",
        arguments: [
            ("", "Missing expected argument '<kind>'"), ("speed", "'speed' is invalid for '<kind>'"),
            ("drain --batch 257", "--batch takes a number from 1 to 256"),
            ("drain --fail-rate 2", "--fail-rate takes a number from 0 to 1"),
            ("drain --old-snapshot soon", "such as 60s or 5m"),
            ("ingest --order", "go with drain"), ("drain --order --decode typed", "goes with --decode raw"),
            ("drain --order --keys 0", "--keys takes a number from 1"),
            ("drain --database postgres:///x", "say --allow-load"), ("drain --allow-load", "goes with --database"),
        ]
    )
    func refuses(line: String, reason: String) {
        #expect(Self.refusal { try BenchCommand.parse(Self.words(line)) }.contains(reason))
    }

    @Test(
        "a chaos run that nobody can mean is refused",
        arguments: [
            ("--minutes 0", "--minutes takes a number above 0"), ("--rate 0", "--rate takes a number from 1"),
            ("--database host=x", "--database needs --with-consent"),
        ]
    )
    func refusesChaos(line: String, reason: String) {
        #expect(Self.refusal { try ChaosCommand.parse(Self.words(line)) }.contains(reason))
    }

    private static func words(_ line: String) -> [String] {
        line.split(separator: " ").map(String.init)
    }

    private static func refusal<Command: ParsableCommand>(_ parse: () throws -> Command) -> String {
        do {
            _ = try parse()
            return "accepted"
        } catch {
            return Command.message(for: error)
        }
    }
}
