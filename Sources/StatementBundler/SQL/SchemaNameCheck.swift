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

    /// Whether the name stands alone after `NOTIFY` or `LISTEN`.
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
