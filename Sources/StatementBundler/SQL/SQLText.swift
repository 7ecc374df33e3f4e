/// The text of a SQL file, with what is code told apart from comments and string literals.
///
/// A dollar-quoted function body counts as code: it is code, only of another language.
struct SQLText {
    /// The name used in mistakes.
    let file: String
    /// The whole file.
    let bytes: [UInt8]
    /// The file with every byte of a comment or of a string literal, but for line feeds, replaced by a space.
    let code: [UInt8]

    init(file: String, text: String) {
        self.file = file
        self.bytes = Array(text.utf8)
        self.code = SQLText.blankingNonCode(in: bytes)
    }

    /// The line, from 1, of a byte.
    func line(at offset: Int) -> Int {
        1 + bytes[..<offset].count(where: { $0 == UInt8(ascii: "\n") })
    }

    /// Makes a mistake at a byte.
    func mistake(at offset: Int, _ problem: String, _ advice: String) -> Mistake {
        Mistake(file: file, line: line(at: offset), problem: problem, advice: advice)
    }

    private static func blankingNonCode(in bytes: [UInt8]) -> [UInt8] {
        var code = bytes
        var index = 0
        while index < bytes.count {
            let end = endOfNonCode(in: bytes, from: index)
            for position in index..<end where bytes[position] != UInt8(ascii: "\n") {
                code[position] = UInt8(ascii: " ")
            }
            index = max(end, index + 1)
        }
        return code
    }

    /// Where the comment or literal that starts here ends; `start` itself where none starts.
    private static func endOfNonCode(in bytes: [UInt8], from start: Int) -> Int {
        let next = start + 1 < bytes.count ? bytes[start + 1] : 0
        switch (bytes[start], next) {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            return bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            return endOfBlockComment(in: bytes, from: start)
        case (UInt8(ascii: "'"), _):
            return endOfLiteral(in: bytes, from: start)
        default:
            return start
        }
    }

    private static func endOfBlockComment(in bytes: [UInt8], from start: Int) -> Int {
        var depth = 0
        var index = start
        while index + 1 < bytes.count {
            switch (bytes[index], bytes[index + 1]) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                index += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                index += 2
                if depth == 0 {
                    return index
                }
            default:
                index += 1
            }
        }
        return bytes.count
    }

    /// A doubled quote inside ends one literal and starts the next, which comes to the same.
    private static func endOfLiteral(in bytes: [UInt8], from start: Int) -> Int {
        let hasBackslashes = isEscapeMarker(in: bytes, before: start)
        var index = start + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "'") {
                return index + 1
            }
            index += hasBackslashes && bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return bytes.count
    }

    private static func isEscapeMarker(in bytes: [UInt8], before quote: Int) -> Bool {
        guard quote > 0, bytes[quote - 1] | 0x20 == UInt8(ascii: "e") else {
            return false
        }
        return quote == 1 || !bytes[quote - 2].isIdentifierPart
    }
}

extension UInt8 {
    /// Whether the byte can stand inside an unquoted SQL name.
    var isIdentifierPart: Bool {
        isLowercaseLetter || isDigit || (self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z"))
            || self == UInt8(ascii: "_") || self >= 0x80
    }

    var isDigit: Bool {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9")
    }

    var isLowercaseLetter: Bool {
        self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z")
    }
}
