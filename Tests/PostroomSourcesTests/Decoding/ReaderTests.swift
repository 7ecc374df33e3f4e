import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Reading fields")
struct ReaderTests {
    private func reader(_ text: String, _ log: OddityLog? = nil) throws -> JSONReader {
        JSONReader(try JSONObject(checking: Array(text.utf8)), path: "data", log: log)
    }

    @Test("absent, null and a value are three things")
    func field() throws {
        let json = try reader(#"{"null":null,"value":"x"}"#)
        #expect(json.field("absent") as Field<String> == .absent)
        #expect(json.field("null") as Field<String> == .null)
        #expect(json.field("value") as Field<String> == .value("x"))
        #expect(json.optional("null") as String? == nil)
        #expect(Field<String>.null.isPresent && !Field<String>.absent.isPresent)
        #expect(Field.value(1).value == 1 && Field<Int>.null.value == nil)
    }

    static let identifiers: [(String, String)] = [
        (#""24239923154394947""#, "24239923154394947"),
        ("24239923154394947", "24239923154394947"),
        ("18446744073709551615", "18446744073709551615"),
        (#""007""#, "007"),
        (#""evt_l""#, "evt_l"),
    ]

    @Test("identities are strings or integers, and keep every digit", arguments: identifiers)
    func identifier(_ text: String, _ expected: String) throws {
        #expect(try reader(#"{"id":\#(text)}"#).id("id") == expected)
    }

    static let integers: [(String, Int?)] = [
        ("1432", 1432), ("1432.0", 1432), ("1e3", 1000), (#""1432""#, 1432), ("-5", -5),
        ("9223372036854775807", .max), ("9223372036854775808", nil), ("1.5", nil), (#""x""#, nil), ("1e400", nil),
        ("true", nil), ("[]", nil),
    ]

    @Test("integers are read as senders write them", arguments: integers)
    func integer(_ text: String, _ expected: Int?) throws {
        let json = try reader(#"{"n":\#(text)}"#)
        if let expected {
            #expect(try json.value("n", as: Int.self) == expected)
        } else {
            #expect(
                throws: UndecodableEvent(
                    path: "data.n",
                    expectation: "expected an integer of 64 bits, found \(kind(text))"
                )
            ) {
                try json.value("n", as: Int.self)
            }
        }
    }

    private func kind(_ text: String) -> String {
        switch text.first {
        case "\"": "a string"
        case "t": "a boolean"
        case "[": "an array"
        default: "a number"
        }
    }

    @Test("a misfit names its place and what was expected, and no value")
    func misfits() throws {
        let json = try reader(#"{"list":["secret",7],"twice":1,"twice2":1,"o":{"a":"secret","a":2},"half":"\ud83d"}"#)
        #expect(throws: UndecodableEvent(path: "data.list[1]", expectation: "expected a string, found a number")) {
            try json.value("list", as: [String].self)
        }
        #expect(throws: UndecodableEvent(path: "data.gone", expectation: "expected a value, found none")) {
            try json.value("gone", as: String.self)
        }
        #expect(throws: UndecodableEvent(path: "data.half", expectation: "expected a string without half surrogates")) {
            try json.value("half", as: String.self)
        }
        #expect(
            throws: UndecodableEvent(
                path: "data.list",
                expectation: "expected a date like 2026-03-04T10:00:00Z, found an array"
            )
        ) {
            try json.value("list", as: Date.self)
        }
        let object = try reader(#"{"a":"secret","b":{"c":1,"c":2}}"#)
        #expect(try object.value("a", as: String.self) == "secret")
        #expect(
            throws: UndecodableEvent(path: "data.b.c", expectation: "expected one field of that name, found several")
        ) {
            try object.value("b", as: Duplicated.self)
        }
    }

    private struct Duplicated: JSONObjectReadable {
        let c: Int

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.c = try json.value("c")
        }
    }

    @Test("raw JSON keeps its bytes, decodes on demand, and hides itself")
    func rawJSON() throws {
        let json: RawJSON = try reader(#"{"m":{"plan": "team", "n":1.0}}"#).value("m")
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"plan": "team", "n":1.0}"#)
        struct Metadata: Decodable {
            let plan: String
        }
        #expect(try json.decode(as: Metadata.self).plan == "team")
        #expect(throws: UndecodableEvent(path: "data.m.n", expectation: "expected String")) {
            try json.decode(as: [String: String].self)
        }
        struct Other: Decodable {
            let missing: Int
        }
        #expect(throws: UndecodableEvent(path: "data.m.missing", expectation: "expected a value, found none")) {
            try json.decode(as: Other.self)
        }
        var dumped = ""
        dump(json, to: &dumped)
        #expect(!dumped.contains("team") && "\(json)" == "(25 bytes of JSON)")
    }

    @Test("sensitive values hide themselves")
    func sensitive() throws {
        let token: Sensitive<String> = try reader(#"{"t":"hunter2"}"#).value("t")
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(reflecting: token), dumped] {
            #expect(!text.contains("hunter2"))
        }
        #expect(token.exposed == "hunter2")
    }
}
