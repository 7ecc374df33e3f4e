import Yams

/// Says what is wrong with a text that is not YAML.
///
/// The parser's own descriptions quote the line, which may hold a secret; these do not.
enum YAMLSyntax {
    /// The problem that an error of the parser stands for.
    static func problem(of error: any Error, in text: String, path: String) -> ConfigurationProblem {
        switch error {
        case YamlError.scanner(context: _, problem: let problem, let mark, yaml: _):
            located(problem, mark, text, path)
        case YamlError.parser(context: _, problem: let problem, let mark, yaml: _):
            located(problem, mark, text, path)
        case YamlError.composer(context: let context, problem: let problem, let mark, yaml: _):
            context == nil
                ? located(problem, mark, text, path)
                : ConfigurationProblem(
                    at: .file(path, line: mark.line, column: mark.column),
                    key: "",
                    "a second document starts; write everything into one"
                )
        case YamlError.reader(problem: let problem, offset: _, value: _, yaml: _):
            ConfigurationProblem(at: .wholeFile(path), key: "", "is not YAML: \(problem)")
        default:
            ConfigurationProblem(at: .wholeFile(path), key: "", "is not YAML")
        }
    }

    private static func located(_ problem: String, _ mark: Mark, _ text: String, _ path: String) -> ConfigurationProblem
    {
        let place = ConfigurationPlace.file(path, line: mark.line, column: mark.column)
        if isIndentedWithTab(line: mark.line, in: text) {
            return ConfigurationProblem(at: place, key: "", "the line is indented with a tab; YAML takes spaces only")
        }
        return ConfigurationProblem(
            at: place,
            key: "",
            "is not YAML: \(problem); look at the indentation, the colons and the quotes here and in the line before"
        )
    }

    private static func isIndentedWithTab(line: Int, in text: String) -> Bool {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
    }
}
