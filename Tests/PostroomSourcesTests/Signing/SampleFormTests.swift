import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// Writes a JSON value anew in the one form that a producer's language gives it.
struct CanonicalForm {
    /// The order of the names, and the text between the parts.
    enum Style {
        /// `JSON.stringify(JSON.parse(text))`: compact, names in their order (ECMA-262, SerializeJSONProperty).
        case javaScript
        /// `serde_json::to_string` of a `Value` whose maps are sorted.
        case sorted
        /// The text of Postgres' `jsonb`: names by length and then by bytes, blanks after colons and commas.
        case jsonb
    }

    let style: Style

    func text(_ value: JSONValue) -> String {
        if let object = value.object {
            return text(object)
        }
        if let elements = value.elements {
            return "[" + elements.map(text).joined(separator: separator) + "]"
        }
        if let string = value.string {
            return Self.quoted(string)
        }
        return value.number.map(number) ?? String(decoding: value.bytes, as: UTF8.self)
    }

    func text(_ object: JSONObject) -> String {
        let entries = object.entries
        let ordered =
            switch style {
            case .javaScript: entries
            case .sorted: entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            case .jsonb:
                entries.sorted {
                    ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name)
                }
            }
        let colon = style == .jsonb ? ": " : ":"
        return "{" + ordered.map { Self.quoted($0.name) + colon + text($0.value) }.joined(separator: separator) + "}"
    }

    private var separator: String {
        style == .jsonb ? ", " : ","
    }

    /// A number: in JavaScript the shortest digits that mean the same double, elsewhere too but that integers are exact.
    private func number(_ text: String) -> String {
        if style != .javaScript, Int64(text) != nil {
            return String(Int64(text) ?? 0)
        }
        return Self.javaScript(Double(text) ?? .nan)
    }

    /// `Number::toString` of ECMA-262, of Swift's shortest digits.
    static func javaScript(_ number: Double) -> String {
        guard number != 0 else { return "0" }
        let sign = number < 0 ? "-" : ""
        let parts = String(describing: number.magnitude).split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
        let padded = whole + fraction
        let digits = padded.drop { $0 == "0" }
        let leading = padded.count - digits.count
        // The value is 0.digits × 10^point.
        let point = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - leading
        var significant = String(digits)
        while significant.hasSuffix("0") { significant.removeLast() }
        let count = significant.count
        switch point {
        case count...21: return "\(sign)\(significant)\(String(repeating: "0", count: point - count))"
        case 1...21: return "\(sign)\(significant.prefix(point)).\(significant.dropFirst(point))"
        case -5...0: return "\(sign)0.\(String(repeating: "0", count: -point))\(significant)"
        default:
            let rest = significant.dropFirst()
            let mantissa = rest.isEmpty ? significant : "\(significant.prefix(1)).\(rest)"
            return "\(sign)\(mantissa)e\(point > 1 ? "+" : "")\(point - 1)"
        }
    }

    /// `QuoteJSONString` of ECMA-262, which Rust and Postgres share: no slash and nothing beyond ASCII is escaped.
    static func quoted(_ text: String) -> String {
        let short: [Unicode.Scalar: String] = [
            "\u{8}": "\\b", "\t": "\\t", "\n": "\\n", "\u{C}": "\\f", "\r": "\\r", "\"": "\\\"", "\\": "\\\\",
        ]
        return "\""
            + text.unicodeScalars
            .map { scalar in
                if let escape = short[scalar] { return escape }
                guard scalar.value < 0x20 else { return String(scalar) }
                return "\\u00" + Hexadecimal.encode([UInt8(scalar.value)])
            }
            .joined() + "\""
    }
}

@Suite("The form of samples")
struct SampleFormTests {
    private static let now = unix(1_773_568_800.25)

    /// Dynamic's own verifier compares the signature of what `JSON.stringify` makes of the parsed body, and no language
    /// writes numbers and strings in another way; Wacht sorts names, and wakit's bodies are the text of `jsonb`.
    private static func style(_ source: Source) -> CanonicalForm.Style {
        switch source {
        case .wacht: .sorted
        case .wakit: .jsonb
        default: .javaScript
        }
    }

    @Test("a body written anew by its sender's language is the same bytes", arguments: SignedSamplesTests.pairs)
    func canonical(_ source: Source, _ type: String) throws {
        let form = CanonicalForm(style: Self.style(source))
        for index in UInt64(0)..<100 {
            let sample = try #require(SampleDeliveries(seed: 11).sample(source, type, index: index, now: Self.now))
            // HubSpot sends arrays and Twilio forms: neither is the text of an object.
            guard sample.body.first == UInt8(ascii: "{") else { return }
            let anew = form.text(try JSONObject(checking: sample.body))
            #expect(String(decoding: sample.body, as: UTF8.self) == anew)
            if String(decoding: sample.body, as: UTF8.self) != anew { break }
        }
    }

    @Test(
        "an event type of any text is written as its sender's language would",
        arguments: [
            "a\"b\\c/d", "tab\tline\nreturn\r", "\u{8}\u{C}\u{1}\u{1F}\u{7F}", "é😀\u{2028}",
        ]
    )
    func eventType(_ type: String) throws {
        for source in [Source.standardWebhooks, .hmacSHA256, .bearer] {
            let sample = try #require(SampleDeliveries(seed: 11).sample(source, type, index: 0, now: Self.now))
            let object = try JSONObject(checking: sample.body)
            #expect(object["type"]?.string == type)
            #expect(String(decoding: sample.body, as: UTF8.self) == CanonicalForm(style: .javaScript).text(object))
        }
    }

    static let numbers: [(parts: Int, places: Int, text: String)] = [
        (80, 2, "0.8"), (10, 2, "0.1"), (99, 2, "0.99"), (100, 2, "1"), (5, 2, "0.05"), (0, 2, "0"),
        (1_500_000, 6, "1.5"),
        (1_000, 6, "0.001"), (123_456_789, 6, "123.456789"), (12, 0, "12"), (10, 0, "10"),
    ]

    @Test("a decimal has no digit that JavaScript leaves out", arguments: numbers)
    func decimal(_ test: (parts: Int, places: Int, text: String)) {
        #expect(SampleValues.decimal(test.parts, places: test.places) == test.text)
        #expect(CanonicalForm.javaScript(Double(test.text) ?? .nan) == test.text)
    }

    @Test(
        "the test's own numbers are JavaScript's",
        arguments: [
            (1e21, "1e+21"), (1e20, "100000000000000000000"), (0.000001, "0.000001"), (0.0000001, "1e-7"),
            (1.5e-7, "1.5e-7"),
            (123456789.125, "123456789.125"), (-0.5, "-0.5"), (1.25e22, "1.25e+22"), (100, "100"),
            (1.25e-300, "1.25e-300"),
        ]
    )
    func javaScript(_ number: Double, _ text: String) {
        #expect(CanonicalForm.javaScript(number) == text)
    }
}
