import Logging
import PostroomConfiguration
import PostroomCore
import Testing

@testable import PostroomCLI

@Suite("Log lines for machines")
struct JSONLogLineTests {
    @Test("time, level, message and logger come first, then the metadata in order")
    func line() {
        let lines = logged(.json) { logger in
            logger[metadataKey: "worker"] = "7"
            logger.warning(
                "claim lost",
                metadata: ["batch": .stringConvertible(12), "a": ["b": ["c": "d"], "e": "f"]]
            )
        }
        let expected =
            #"{"time":"2026-03-01T09:30:00.042Z","level":"warning","message":"claim lost","logger":"postroom.test","#
            + #""a.b.c":"d","a.e":"f","batch":"12","worker":"7"}"#
        #expect(lines == [expected])
    }

    private static let texts = [
        "", " ", "plain", "\"", "\\", "\\\"", "\n", "\r\n", "\t", "\u{0}", "\u{1}", "\u{1B}[31m", "\u{7F}", "\u{85}",
        "\u{2028}", "\u{2029}", "\u{202E}abc", "\u{FEFF}", "é", "e\u{301}", "👩‍👩‍👧‍👦", "\u{10FFFF}", "\u{E0041}", "{\"a\":1}",
        "</script>",
        "a=b c", "time", "\u{FFFD}", "日本語", "%s%n",
    ]

    @Test("a line is valid JSON and reads back unchanged, whatever the metadata", arguments: texts)
    func validJSON(text: String) throws {
        let lines = logged(.json) { logger in
            logger[metadataKey: "base" + text] = .string(text)
            logger.info(
                "\(text)",
                metadata: [
                    "key" + text: .string(text), "list": [.string(text), "x"], "nested": ["n" + text: .string(text)],
                    "deep": [["k": .string(text)]],
                ]
            )
        }
        #expect(lines.count == 1)
        let object = try readJSON(lines[0])
        #expect(object["message"] == .text(text))
        #expect(object["key" + text] == .text(text))
        #expect(object["base" + text] == .text(text))
        #expect(object["nested.n" + text] == .text(text))
        #expect(object["list"] == .list([text, "x"]))
        #expect(lines[0].unicodeScalars.allSatisfy { !EscapedText.isActive($0) })
    }

    @Test("random metadata gives valid JSON in one line", arguments: 1...20)
    func random(seed: UInt64) throws {
        var random = SeededRandom(state: seed)
        for _ in 0..<20 {
            let metadata = Self.metadata(depth: 0, &random)
            let lines = logged(.json) { $0.error("random", metadata: metadata) }
            #expect(lines.count == 1, "seed \(seed)")
            #expect(try readJSON(lines[0])["message"] == .text("random"), "seed \(seed)")
        }
    }

    private static func metadata(depth: Int, _ random: inout SeededRandom) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            metadata[texts.randomElement(using: &random) ?? ""] = value(depth: depth, &random)
        }
        return metadata
    }

    private static func value(depth: Int, _ random: inout SeededRandom) -> Logger.MetadataValue {
        switch Int.random(in: 0..<(depth < 4 ? 4 : 2), using: &random) {
        case 0: return .string(texts.randomElement(using: &random) ?? "")
        case 1: return .stringConvertible(Int.random(in: 0...9, using: &random))
        case 2: return .dictionary(metadata(depth: depth + 1, &random))
        default:
            let count = Int.random(in: 0...3, using: &random)
            return .array((0..<count).map { _ in value(depth: depth + 1, &random) })
        }
    }

    @Test("no name comes twice: metadata never hides what a line always has")
    func collisions() throws {
        let lines = logged(.json) {
            $0.info("m", metadata: ["level": "x", "message": "y", "a.b": "1", "a": ["b": "2"], "metadata.level": "z"])
        }
        let names = lines[0].split(separator: ",").compactMap { $0.split(separator: "\"").first { $0 != "{" } }
        #expect(Set(names).count == names.count)
        let object = try readJSON(lines[0])
        #expect(object["level"] == .text("info"))
        #expect(object["metadata.level"] == .text("x"))
        #expect(object["metadata.metadata.level"] == .text("z"))
        #expect([object["a.b"], object["metadata.a.b"]].contains(.text("1")))
        #expect([object["a.b"], object["metadata.a.b"]].contains(.text("2")))
    }

    @Test("what is nested deeply or very long is cut")
    func bounded() throws {
        var deep: Logger.MetadataValue = "bottom"
        for _ in 0..<200 {
            deep = ["k": deep]
        }
        let long = String(repeating: "é", count: 5000)
        let line = logged(.json) { $0.info("m", metadata: ["deep": deep, "list": [deep], "long": .string(long)]) }[0]
        #expect(!line.contains("bottom"))
        #expect(line.utf8.count < 6000)
        #expect(try readJSON(line)["long"] == .text(String(repeating: "é", count: 2048) + "…"))
    }

    @Test("an error that a line carries is told with its type")
    func error() throws {
        let lines = logged(.json) { $0.error("failed", error: FileProblem(reason: "full")) }
        let object = try readJSON(lines[0])
        #expect(object["error.type"] == .text("PostroomConfiguration.FileProblem"))
        #expect(object["error"] != nil)
    }
}
