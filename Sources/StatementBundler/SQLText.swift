/// The text of a SQL file, with code told apart from comments and string literals.
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

    /// The end of the comment or literal that starts here; `start` itself where none starts.
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
    /// True if the byte can stand inside an unquoted SQL name.
    var isIdentifierPart: Bool {
        isLowercaseLetter || isDigit || isUppercaseLetter || self == UInt8(ascii: "_") || self >= 0x80
    }

    var isDigit: Bool {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9")
    }

    var isUppercaseLetter: Bool {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z")
    }

    var isLowercaseLetter: Bool {
        self >= UInt8(ascii: "a") && self <= UInt8(ascii: "z")
    }
}

extension SQLText {
    /// Checks that the schema is only ever named as a prefix: `postroom.` and the name in it.
    ///
    /// Another schema name is put in by replacing that prefix, so any other spelling would be left behind. Comments and
    /// string literals may say what they like, and the notification channel is called `postroom` in every schema.
    func checkSchemaName() throws(Mistake) {
        let name = Array("postroom".utf8)
        var index = 0
        while index + name.count <= code.count {
            guard code[index..<(index + name.count)].elementsEqual(name, by: { $0 | 0x20 == $1 }) else {
                index += 1
                continue
            }
            let isPlain = bytes[index..<(index + name.count)].elementsEqual(name)
            let startsName = index == 0 || !(code[index - 1].isIdentifierPart || code[index - 1] == UInt8(ascii: "\""))
            let end = index + name.count
            let isPrefix = end < code.count && code[end] == UInt8(ascii: ".")
            guard (isPlain && startsName && isPrefix) || isChannel(at: index, until: end) else {
                throw mistake(
                    at: index,
                    "`postroom` stands here as something else than the schema prefix `postroom.`",
                    "write `postroom.<name>`, or give the thing a name without `postroom`"
                )
            }
            index = end
        }
    }

    /// Tells whether the name stands alone after `NOTIFY` or `LISTEN`.
    private func isChannel(at start: Int, until end: Int) -> Bool {
        if end < code.count, code[end].isIdentifierPart || code[end] == UInt8(ascii: ".") {
            return false
        }
        let before = code[..<start].split { $0 <= UInt8(ascii: " ") || $0 == UInt8(ascii: "\"") }
        let word = String(decoding: before.last ?? [], as: UTF8.self).uppercased()
        let isApart = start > 0 && !code[start - 1].isIdentifierPart
        return isApart && (word == "NOTIFY" || word == "LISTEN")
    }
}

extension SQLText {
    /// The numbers of the parameters that the code mentions, each with its first place.
    func parameterUses() -> [Int: Int] {
        var uses: [Int: Int] = [:]
        var index = 0
        while index < code.count {
            let start = index
            index += 1
            guard code[start] == UInt8(ascii: "$"), start == 0 || !code[start - 1].isIdentifierPart else {
                continue
            }
            while index < code.count, code[index].isDigit {
                index += 1
            }
            if let number = Int(String(decoding: code[(start + 1)..<index], as: UTF8.self)), uses[number] == nil {
                uses[number] = start
            }
        }
        return uses
    }

    /// Checks that the parameters in the code are exactly those of the header.
    func check(parameters: [Field]) throws(Mistake) {
        let uses = parameterUses()
        for (number, offset) in uses.sorted(by: { $0.value < $1.value }) where number < 1 || number > parameters.count {
            throw mistake(
                at: offset,
                "the SQL uses $\(number), which the header does not declare",
                "add `-- $\(number) <name> <type>` to the header"
            )
        }
        for (place, parameter) in parameters.enumerated() where uses[place + 1] == nil {
            throw Mistake(
                file: file,
                line: parameter.line,
                problem: "the header declares $\(place + 1), which the SQL does not use",
                advice: "use it or remove the line"
            )
        }
    }

    /// Checks that the code holds one statement: a prepared statement can't hold more.
    func checkIsOneStatement() throws(Mistake) {
        guard let first = code.firstIndex(of: UInt8(ascii: ";")) else {
            return
        }
        let isSpace: (UInt8) -> Bool = { $0 <= UInt8(ascii: " ") }
        if let next = code[(first + 1)...].firstIndex(where: { !isSpace($0) }) {
            throw mistake(at: next, "a second statement starts here", "put it into a file of its own")
        }
    }
}
