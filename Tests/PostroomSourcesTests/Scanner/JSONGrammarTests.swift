import Testing

@testable import PostroomSources

@Suite("The scanner")
struct JSONGrammarTests {
    static let accepted: [String] = [
        "{}",
        " \t\r\n{ \"a\" : [ ] , \"b\" : { } } \n",
        #"{"a":-0,"b":0.5,"c":1E+10,"d":1e400,"e":123456789012345678901234567890}"#,
        #"{"a":true,"b":false,"c":null}"#,
        #"{"a":"\u0000\ud83d\"\\\/\b\f\n\r\t"}"#,
        #"{"nested":{"a":1,"a":2},"list":[{"b":1,"b":2}]}"#,
        #"{"a":"é€😀","é":1,"e\u0301":2}"#,
        #"{"":1,"a":2,"A":3}"#,
        #"{"long":"0123456789abcdef0123456789abcdef","x":"1234567"}"#,
        "\u{FEFF}{}",
        "\u{FEFF} \n{\"a\":\"\u{FEFF}\"}",
    ]

    @Test("it accepts what RFC 8259 allows", arguments: accepted)
    func accepts(_ text: String) throws {
        _ = try JSONObject(checking: Array(text.utf8))
    }

    static let refused: [(String, JSONFault.Kind)] = [
        ("", .truncated),
        ("  ", .truncated),
        ("[]", .notAnObject),
        ("1", .notAnObject),
        ("\u{FEFF}", .truncated),
        ("\u{FEFF}\u{FEFF}{}", .notAnObject),
        (" \u{FEFF}{}", .notAnObject),
        ("{}\u{FEFF}", .trailingBytes),
        ("{", .truncated),
        (#"{"a""#, .truncated),
        (#"{"a":"#, .truncated),
        (#"{"a":1"#, .truncated),
        (#"{"a":"b"#, .truncated),
        (#"{"a":"\"#, .truncated),
        (#"{"a":"\u12"#, .truncated),
        (#"{"a":tru"#, .truncated),
        (#"{"a":-"#, .truncated),
        (#"{"a":1,}"#, .unexpectedByte),
        (#"{,"a":1}"#, .unexpectedByte),
        (#"{"a":1 "b":2}"#, .unexpectedByte),
        (#"{"a" 1}"#, .unexpectedByte),
        (#"{a:1}"#, .unexpectedByte),
        (#"{'a':1}"#, .unexpectedByte),
        (#"{"a":[1,]}"#, .unexpectedByte),
        (#"{"a":[1}"#, .unexpectedByte),
        (#"{"a":{]}"#, .unexpectedByte),
        (#"{"a":01}"#, .unexpectedByte),
        (#"{"a":+1}"#, .unexpectedByte),
        (#"{"a":.5}"#, .unexpectedByte),
        (#"{"a":1.}"#, .unexpectedByte),
        (#"{"a":1e}"#, .unexpectedByte),
        (#"{"a":0x1}"#, .unexpectedByte),
        (#"{"a":NaN}"#, .unexpectedByte),
        (#"{"a":Infinity}"#, .unexpectedByte),
        (#"{"a":True}"#, .unexpectedByte),
        (#"{"a":"\x"}"#, .unexpectedByte),
        (#"{"a":"\u12g4"}"#, .unexpectedByte),
        ("{\"a\":\"tab\tinside\"}", .unexpectedByte),
        ("{\"a\":\"12345678\u{0}\"}", .unexpectedByte),
        ("{\"a\":1}\u{0}", .trailingBytes),
        ("{} {}", .trailingBytes),
        ("{}x", .trailingBytes),
        ("{} // end", .trailingBytes),
        (#"{"type":1,"type":2}"#, .duplicateMember),
        (#"{"type":1,"\u0074ype":2}"#, .duplicateMember),
        (#"{"\ud83d":1,"\uD83D":2}"#, .duplicateMember),
        (#"{"":1,"":2}"#, .duplicateMember),
    ]

    @Test("it refuses everything else, and says why", arguments: refused)
    func refuses(_ text: String, _ kind: JSONFault.Kind) {
        let fault = #expect(throws: JSONFault.self) { try JSONObject(checking: Array(text.utf8)) }
        #expect(fault?.kind == kind)
    }

    static let brokenUTF8: [[UInt8]] = [
        [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xC3, 0x28], [0xE2, 0x28, 0xA1],
        [0xF0, 0x9F, 0x98, 0x28],
    ]

    @Test("it refuses bytes that are not UTF-8, in names and in values", arguments: brokenUTF8)
    func refusesBrokenUTF8(_ bytes: [UInt8]) {
        for (before, after) in [(#"{"a":"x"#, #"y"}"#), (#"{"x"#, #"y":1}"#)] {
            let fault = #expect(throws: JSONFault.self) {
                try JSONObject(checking: Array(before.utf8) + bytes + Array(after.utf8))
            }
            #expect(fault?.kind == .invalidUTF8)
        }
    }

    @Test(
        "it accepts the edges of UTF-8",
        arguments: ["\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"]
    )
    func acceptsEdgesOfUTF8(_ character: String) throws {
        let object = try JSONObject(checking: Array(#"{"a":"\#(character)"}"#.utf8))
        #expect(object["a"]?.string == character)
    }

    @Test("nesting as deep as the limit passes, one deeper does not", arguments: [128, 512])
    func depth(_ limit: Int) throws {
        func nested(_ depth: Int) -> [UInt8] {
            let opening = String(repeating: #"[{"a":"#, count: (depth - 1) / 2) + ((depth - 1) % 2 == 1 ? "[" : "")
            let closing = ((depth - 1) % 2 == 1 ? "]" : "1") + String(repeating: "}]", count: (depth - 1) / 2)
            return Array(#"{"a":\#(opening)\#(closing)}"#.utf8)
        }
        var limits = JSONLimits()
        limits.depth = limit
        _ = try JSONObject(checking: nested(limit), limits: limits)
        let fault = #expect(throws: JSONFault.self) { try JSONObject(checking: nested(limit + 1), limits: limits) }
        #expect(fault?.kind == .tooDeep)
    }

    @Test("a million brackets cost neither the stack nor much time")
    func bomb() {
        let bytes = Array(#"{"a":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        let fault = #expect(throws: JSONFault.self) { try JSONObject(checking: bytes) }
        #expect(fault?.kind == .tooDeep)
    }

    @Test("texts and members beyond the limits are refused")
    func limits() {
        let members = (0..<11).map { #""\#($0)":1"# }.joined(separator: ",")
        let text = Array("{\(members)}".utf8)
        for (limits, kind) in [
            (JSONLimits(bytes: text.count, members: 11), nil),
            (JSONLimits(bytes: text.count - 1), JSONFault.Kind.tooLarge),
            (JSONLimits(members: 10), .tooManyMembers),
        ] {
            var found: JSONFault.Kind?
            do {
                _ = try JSONObject(checking: text, limits: limits)
            } catch {
                found = error.kind
            }
            #expect(found == kind)
        }
    }

    @Test("a fault shows where, and nothing of the text")
    func description() {
        let fault = #expect(throws: JSONFault.self) { try JSONObject(checking: Array(#"{"secret":hunter2}"#.utf8)) }
        #expect(fault?.description == "not JSON (byte 10)")
    }
}
