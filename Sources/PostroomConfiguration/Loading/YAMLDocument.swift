import Yams

/// A configuration file, parsed but not yet understood.
struct YAMLDocument {
    /// The file's path, as problems name it.
    let path: String
    /// The outermost node, or `nil` where the file holds nothing.
    let root: Node?
    /// The keys that stand twice in one mapping; ``isDuplicate(_:)`` knows their nodes.
    let problems: [ConfigurationProblem]

    /// Parses a file.
    ///
    /// A key that stands twice does not end the parsing, so that everything else can be checked too.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - path: Its path, for problems.
    /// - Throws: ``ConfigurationProblem`` where the file is not YAML. It shows none of the file's text.
    init(parsing bytes: [UInt8], path: String) throws(ConfigurationProblem) {
        self.path = path
        var text = try Self.text(bytes, path: path)
        var masks = KeyMasks()
        while true {
            do {
                let root = try Parser(yaml: text, encoding: .utf8).singleRoot()
                self.root = root
                self.problems = masks.problems(in: root, path: path)
                return
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                let place = ConfigurationPlace.file(path, line: context.mark.line, column: context.mark.column)
                guard let masked = masks.mask(text, line: context.mark.line, column: context.mark.column) else {
                    let names = duplicates.map(FoundText.key).joined(separator: ", ")
                    throw ConfigurationProblem(at: place, key: names, "stands more than once in one section; keep one")
                }
                text = masked
            } catch {
                throw YAMLSyntax.problem(of: error, in: text, path: path)
            }
        }
    }

    /// Whether a key is one of those that ``problems`` is about, and is to be passed over.
    static func isDuplicate(_ key: String) -> Bool {
        KeyMasks.isMasked(key)
    }

    /// The place of a node.
    func place(of node: Node) -> ConfigurationPlace {
        node.mark.map { .file(path, line: $0.line, column: $0.column) } ?? .wholeFile(path)
    }

    /// The file as text, refusing what YAML can't hold before the parser does it with fewer words.
    private static func text(_ bytes: [UInt8], path: String) throws(ConfigurationProblem) -> String {
        var line = 1
        var lineStart = 0
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                line += 1
                lineStart = index + 1
            } else if byte < 0x20, byte != UInt8(ascii: "\t"), byte != UInt8(ascii: "\r") {
                let place = ConfigurationPlace.file(path, line: line, column: index - lineStart + 1)
                let advice = "a control character; is this a text file in UTF-8?"
                throw ConfigurationProblem(at: place, key: "", advice)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationProblem(at: .wholeFile(path), key: "", "is not in UTF-8; save it in that encoding")
        }
        return text
    }
}
