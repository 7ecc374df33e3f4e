import Logging
import PostroomConfiguration
import Testing

@testable import PostroomCLI

@Suite("Log lines for people")
struct TextLogLineTests {
    private static let start = "2026-03-01T09:30:00.042Z "

    @Test(
        "a line is time, level, message and key=value",
        arguments: [
            (.info, "started", [:], "INFO     started"),
            (.critical, "stopped", ["b": "2", "a": "1"], "CRITICAL stopped a=1 b=2"),
            (.debug, "m", ["text": "two words"], #"DEBUG    m text="two words""#),
            (.notice, "m", ["empty": ""], #"NOTICE   m empty="""#),
            (
                .notice, "m", ["a": "x=y", "b": "say \"hi\"", "c": "back\\slash"],
                #"NOTICE   m a="x=y" b="say \"hi\"" c="back\\slash""#
            ),
            (.error, "m", ["a": ["b": ["c": "1"]], "l": ["x", "y"]], #"ERROR    m a.b.c=1 l="[x, y]""#),
            (.warning, "line\nend", ["k": "a\u{1B}[2J\n"], #"WARNING  line\nend k="a\u001b[2J\n""#),
            (.trace, "m", ["odd key": "1"], #"TRACE    m "odd key"=1"#),
            (.info, "m", ["n": "né 日本"], #"INFO     m n="né 日本""#),
            (.info, "m", ["n": "né日本"], "INFO     m n=né日本"),
        ] as [(Logger.Level, String, Logger.Metadata, String)]
    )
    func line(level: Logger.Level, message: String, metadata: Logger.Metadata, expected: String) {
        let lines = logged(.text) { $0.log(level: level, "\(message)", metadata: metadata) }
        #expect(lines == [Self.start + expected])
    }

    @Test("the level is coloured where colour is wanted, and nothing else")
    func colour() {
        let lines = logged(.text, style: Style(isOn: true)) { $0.error("m", metadata: ["a": "b"]) }
        #expect(lines == [Self.start + "\u{1B}[31mERROR\u{1B}[0m    m a=b"])
    }

    @Test("a level that is off writes nothing and makes no message")
    func level() {
        var made = 0
        func message() -> Logger.Message {
            made += 1
            return "m"
        }
        let lines = logged(.text, level: .notice) { logger in
            logger.info(message())
            logger.notice(message())
        }
        #expect(lines.count == 1)
        #expect(made == 1)
    }

    @Test("level and metadata belong to one logger, not to its copies")
    func valueSemantics() {
        let lines = logged(.text, level: .debug) { logger in
            logger[metadataKey: "who"] = "first"
            var second = logger
            second.logLevel = .error
            second[metadataKey: "who"] = "second"
            logger.debug("m")
            second.debug("m")
            second.error("m")
        }
        #expect(lines == [Self.start + "DEBUG    m who=first", Self.start + "ERROR    m who=second"])
    }

    @Test("what is nearer to the line wins: the call's metadata over the task's over the logger's")
    func precedence() {
        let lines = LogLines()
        let setup = LogSetup(level: .info, format: .text, style: Style(isOn: false), sink: lines) { testTime }
        let provider = Logger.MetadataProvider { ["a": "task", "b": "task", "c": "task"] }
        var logger = Logger(label: "x") { setup.handler(label: $0, metadataProvider: provider) }
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "d"] = "logger"
        logger.info("m", metadata: ["b": "call"])
        #expect(lines.lines == [Self.start + "INFO     m a=task b=call c=task d=logger"])
    }
}
