import FoundationEssentials
import Logging
import PostroomConfiguration

@testable import PostroomCLI

/// A moment for tests: 2026-03-01T09:30:00.042Z.
let testTime = LogTime(milliseconds: 1_772_357_400_042)

/// Random numbers that are the same in every run.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Logs into memory and gives back the lines.
func logged(
    _ format: LogFormat,
    style: Style = Style(isOn: false),
    level: Logger.Level = .trace,
    _ body: (inout Logger) -> Void
) -> [String] {
    let lines = LogLines()
    let setup = LogSetup(level: level, format: format, style: style, sink: lines) { testTime }
    var logger = setup.logger(label: "postroom.test")
    body(&logger)
    return lines.lines
}

/// A JSON value as a test reads it back.
enum ReadJSON: Decodable, Equatable {
    case text(String)
    case list([String])
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([String].self) {
            self = .list(list)
        } else {
            self = .other
        }
    }
}

/// Reads a line that must be a JSON object.
func readJSON(_ line: String) throws -> [String: ReadJSON] {
    try JSONDecoder().decode([String: ReadJSON].self, from: Data(line.utf8))
}
