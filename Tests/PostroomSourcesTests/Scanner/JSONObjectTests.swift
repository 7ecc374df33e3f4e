import Testing

@testable import PostroomSources

@Suite("An object of an accepted text")
struct JSONObjectTests {
    private func object(_ text: String) throws -> JSONObject {
        try JSONObject(checking: Array(text.utf8))
    }

    static let strings: [(String, String?)] = [
        (#""""#, ""),
        (#""plain""#, "plain"),
        (#""\u0041\u00e9\u20ac\ud83d\ude00""#, "Aé€😀"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""a\u0000b""#, "a\u{0}b"),
        (#""\ud83d""#, nil),
        (#""\ude00""#, nil),
        (#""\ud83d\ud83d\ude00""#, nil),
        (#""\ud83dx""#, nil),
        ("1", nil),
        ("null", nil),
    ]

    @Test("strings come with their escapes resolved, and none with half a surrogate", arguments: strings)
    func string(_ text: String, _ expected: String?) throws {
        #expect(try object(#"{"a":\#(text)}"#)["a"]?.string == expected)
    }

    static let integers: [(String, String?)] = [
        ("0", "0"), ("-0", "0"), ("-17", "-17"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551616", "18446744073709551616"),
        ("1.0", nil), ("1e3", nil), (#""5""#, nil), ("true", nil),
    ]

    @Test("integers keep every digit", arguments: integers)
    func integer(_ text: String, _ expected: String?) throws {
        #expect(try object(#"{"a":\#(text)}"#)["a"]?.integer == expected)
    }

    @Test("members are found by their decoded name, byte for byte")
    func names() throws {
        let object = try object(#"{"\u0074ype":1,"é":2,"e\u0301":3,"longer_name_of_a_field":4}"#)
        #expect(object["type"]?.integer == "1")
        #expect(object["\u{E9}"]?.integer == "2")
        #expect(object["e\u{301}"]?.integer == "3")
        #expect(object["longer_name_of_a_field"]?.integer == "4")
        #expect(object["longer_name_of_a_fiele"] == nil)
        #expect(object["typ"] == nil)
        #expect(object.count == 4)
    }

    @Test("a nested name that stands twice has no value, and its neighbours have theirs")
    func nestedDuplicate() throws {
        let data = try #require(try object(#"{"data":{"a":1,"b":2,"\u0061":3}}"#)["data"]?.object)
        guard case .several = data.lookup("a") else {
            Issue.record("expected several members")
            return
        }
        #expect(data["a"] == nil)
        #expect(data.has("a"))
        #expect(data["b"]?.integer == "2")
    }

    @Test("nested values are found behind values of every kind, with white space anywhere")
    func nested() throws {
        let text = """
             { "skip" : [ { "x" : "]}\\"" } , [ ] , -1.5e3 , "," ] , "s":"a{b", "n": null,\n"data" : { "inner" :
            { "deep" : "yes" } , "list" : [ 1 , "two" , [3] , {} ] } }
            """
        let data = try #require(try object(text)["data"]?.object)
        #expect(data["inner"]?.object?["deep"]?.string == "yes")
        let elements = try #require(data["list"]?.elements)
        #expect(elements.map(\.kind) == [.number, .string, .array, .object])
        #expect(String(decoding: elements[2].bytes, as: UTF8.self) == "[3]")
        #expect(data["inner"]?.elements == nil)
        #expect(try object(#"{"a":[]}"#)["a"]?.elements?.isEmpty == true)
        #expect(try object(#"{"a": { } }"#)["a"]?.object?.count == 0)
    }

    @Test("values keep their bytes as written")
    func bytes() throws {
        let value = try #require(try object(#"{"data" :  {"b":1.0, "a":"\/"}  ,"x":1}"#)["data"])
        #expect(String(decoding: value.bytes, as: UTF8.self) == #"{"b":1.0, "a":"\/"}"#)
    }
}
