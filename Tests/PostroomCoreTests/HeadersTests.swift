import PostroomCore
import Testing

@Suite("Headers")
struct HeadersTests {
    private static let fields = [
        (name: "Host", value: "example.com"), (name: "X-Tag", value: "one"), (name: "x-tag", value: "two"),
        (name: "Empty", value: ""), (name: "X-Colon", value: "a: b:c"), (name: "X-Blank", value: "  padded "),
        (name: "X-Name", value: "Zoë"),
    ]

    static let lookups: [(String, [String])] = [
        ("host", ["example.com"]), ("HOST", ["example.com"]), ("x-tag", ["one", "two"]), ("empty", [""]),
        ("x-colon", ["a: b:c"]), ("x-blank", ["  padded "]), ("X-NAME", ["Zoë"]), ("x-ta", []), ("x-tags", []),
        ("", []),
    ]

    @Test("a field is found by its name in any case, with all its values in order", arguments: lookups)
    func values(_ name: String, _ expected: [String]) {
        #expect(Headers(Self.fields).values(name) == expected)
        #expect(Headers(Self.fields).only(name) == (expected.count == 1 ? expected[0] : nil))
    }

    @Test("what some fields carry is hidden, and all else stays as it was, byte for byte")
    func hiding() {
        let headers = Headers(Self.fields + [(name: "Tail", value: "x-tag: inside")])
        let hidden = headers.hiding(["X-TAG", "empty", "none"], behind: "•")
        let expected = headers.fields.map { field in
            ["x-tag", "empty"].contains(field.name.lowercased()) ? (name: field.name, value: "•") : field
        }
        #expect(hidden == Headers(expected))
        #expect(headers.hiding([], behind: "•") == headers)
        #expect(headers.hiding(["x-ta"], behind: "•") == headers)
        let odd = Headers(wire: [0x61, 0x3A, 0xFF, 0x0A] + Array("X-Tag: one".utf8))
        #expect(odd.hiding(["x-tag"], behind: "•").wire == [0x61, 0x3A, 0xFF, 0x0A] + Array("X-Tag: •\n".utf8))
    }

    @Test("names differ by more than case")
    func similarNames() {
        // '@' and '`' differ in the same bit as upper and lower case do.
        #expect(Headers([("@", "at")]).values("`").isEmpty)
        #expect(Headers([("X[", "at")]).values("x{").isEmpty)
    }

    @Test("fields come back as they were given, through the wire form too")
    func roundTrip() {
        let headers = Headers(Self.fields)
        for copy in [headers, Headers(wire: headers.wire)] {
            #expect(copy.fields.map(\.name) == Self.fields.map(\.name))
            #expect(copy.fields.map(\.value) == Self.fields.map(\.value))
            #expect(copy == headers)
        }
        #expect(Headers().fields.isEmpty && Headers() == Headers(wire: []))
    }

    @Test(
        "nobody can forge a field with a line end",
        arguments: ["a\nX-Admin: yes", "a\r\nX-Admin: yes", "a\rX-Admin: yes"]
    )
    func forgery(_ value: String) {
        let headers = Headers([("X-One", value), (value, "two")])
        #expect(headers.values("x-admin").isEmpty)
        #expect(headers.fields.count == 2)
        #expect(!headers.wire.contains(UInt8(ascii: "\r")))
    }

    @Test("bytes that are not UTF-8 stay in the wire form")
    func rawBytes() {
        let wire = Array("X-Raw: a".utf8) + [0xFF] + Array("b\nNo colon\nLast:x".utf8)
        let headers = Headers(wire: wire)
        #expect(headers.wire == wire)
        #expect(headers.only("x-raw") == "a\u{FFFD}b")
        #expect(headers.only("last") == "x")
        #expect(headers.fields.count == 2)
    }
}
