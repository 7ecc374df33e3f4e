/// Where a setting was given.
enum ConfigurationPlace: Hashable, Sendable, CustomStringConvertible {
    /// In a file, at a line and a column that count from 1.
    case file(String, line: Int, column: Int)
    /// In a file as a whole.
    case wholeFile(String)
    /// In an environment variable.
    case variable(String)
    /// Nowhere: it is a default, or it is missing.
    case nowhere

    /// The place as an editor understands it: `postroom.yaml:12:9`, or the variable's name.
    var description: String {
        switch self {
        case .file(let path, let line, let column): "\(EscapedText.of(path)):\(line):\(column)"
        case .wholeFile(let path): EscapedText.of(path)
        case .variable(let name): EscapedText.of(name)
        case .nowhere: ""
        }
    }
}
