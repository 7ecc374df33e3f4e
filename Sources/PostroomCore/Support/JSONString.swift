/// Strings as JSON has them.
package enum JSONString {
    /// Appends a string with its quotes.
    ///
    /// The short escapes and the digits are those of `JSON.stringify` (ECMA-262, QuoteJSONString): producers in JavaScript
    /// check a signature over what that makes of a body.
    ///
    /// - Parameters:
    ///   - text: The string.
    ///   - bytes: The text to append it to.
    ///   - isEscaped: Picks the characters to escape beside quotes, backslashes and control characters below U+0020.
    package static func append(
        _ text: String,
        to bytes: inout [UInt8],
        escaping isEscaped: (Unicode.Scalar) -> Bool = { _ in false }
    ) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy(isPlain) {
            bytes.append(contentsOf: text.utf8)
        } else {
            for scalar in text.unicodeScalars {
                append(scalar, isEscaped(scalar), to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Returns a string with its quotes.
    package static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func append(_ scalar: Unicode.Scalar, _ isEscaped: Bool, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes.append(contentsOf: #"\""#.utf8)
        case "\\": bytes.append(contentsOf: #"\\"#.utf8)
        case "\u{8}": bytes.append(contentsOf: #"\b"#.utf8)
        case "\t": bytes.append(contentsOf: #"\t"#.utf8)
        case "\n": bytes.append(contentsOf: #"\n"#.utf8)
        case "\u{C}": bytes.append(contentsOf: #"\f"#.utf8)
        case "\r": bytes.append(contentsOf: #"\r"#.utf8)
        case _ where isEscaped || scalar.value < 0x20:
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                bytes.append(contentsOf: #"\u"#.utf8)
                for shift in [12, 8, 4, 0] {
                    bytes.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: unit >> shift) & 0xF))
                }
            }
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
