import YAMLReader

/// A configuration file, parsed but not yet understood.
struct YAMLDocument {
    /// The file's path, as problems name it.
    let path: String
    /// The outermost node, or `nil` where the file holds nothing.
    let root: YAMLNode?
    /// The keys that stand twice in one section, whose first values ``root`` has.
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
        try Self.checkText(bytes, path: path)
        self.path = path
        do {
            let tree = try YAMLTree(parsing: bytes)
            root = tree.root
            problems = tree.repeatedKeys.map { key in
                ConfigurationProblem(
                    at: .file(path, line: key.last.line, column: key.last.column),
                    key: key.path.map(DisplayedValue.key).joined(separator: "."),
                    "stands here again; it is in line \(key.first.line) already, keep one of the two"
                )
            }
        } catch {
            throw Self.problem(error, in: bytes, path: path)
        }
    }

    /// The place of a node.
    func place(of node: YAMLNode) -> ConfigurationPlace {
        .file(path, line: node.mark.line, column: node.mark.column)
    }

    /// Refuses what YAML can't hold before the parser does it with fewer words.
    private static func checkText(_ bytes: [UInt8], path: String) throws(ConfigurationProblem) {
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
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ConfigurationProblem(at: .wholeFile(path), key: "", "is not in UTF-8; save it in that encoding")
        }
    }

    private static func problem(_ problem: YAMLProblem, in bytes: [UInt8], path: String) -> ConfigurationProblem {
        switch problem {
        case .secondDocument(let mark):
            let place = ConfigurationPlace.file(path, line: mark.line, column: mark.column)
            return ConfigurationProblem(at: place, key: "", "a second document starts; write everything into one")
        case .syntax(let message, nil):
            return ConfigurationProblem(at: .wholeFile(path), key: "", "is not YAML: \(message)")
        case .syntax(let message, let mark?):
            let place = ConfigurationPlace.file(path, line: mark.line, column: mark.column)
            let advice =
                isIndentedWithTab(line: mark.line, in: bytes)
                ? "the line is indented with a tab; YAML takes spaces only"
                : "is not YAML: \(message); look at the indentation, the colons and the quotes here and in the line before"
            return ConfigurationProblem(at: place, key: "", advice)
        }
    }

    private static func isIndentedWithTab(line: Int, in bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        let indentation = lines[line - 1].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return indentation.contains(UInt8(ascii: "\t"))
    }
}
