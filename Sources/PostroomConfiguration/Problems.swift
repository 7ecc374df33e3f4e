import PostroomCore

/// One thing that is wrong with the configuration: its place, the key, the text that was found, and the advice.
package struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The weight of a problem.
    package enum Severity: String, Sendable, CaseIterable {
        /// The program can't start with it.
        case error
        /// It is probably a mistake; the program runs all the same.
        case warning
    }

    /// The weight.
    package let severity: Severity
    /// The place where it was given.
    package let place: ConfigurationPlace
    /// The path of the key, for example `endpoints.billing.secrets[1]`; empty for the file as a whole.
    package let key: String
    /// The text that was found, for people to read; `nil` where nothing was, or where it could be a secret.
    package let found: String?
    /// The expectation, or the advice.
    package let advice: String

    /// Describes a problem.
    package init(
        _ severity: Severity = .error,
        at place: ConfigurationPlace,
        key: String,
        found: String? = nil,
        _ advice: String
    ) {
        self.severity = severity
        self.place = place
        self.key = key
        self.found = found
        self.advice = advice
    }

    /// The problem in one line: place, key, the text that was found, advice.
    package var description: String {
        var parts = [place.description, severity == .warning ? "warning" : "", EscapedText.of(key)]
        parts.append(found.map { "found \($0); \(advice)" } ?? advice)
        return parts.filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// A configuration that a program can't start with.
package struct InvalidConfiguration: Error, Sendable, CustomStringConvertible {
    /// Everything that is wrong, warnings included.
    package let problems: [ConfigurationProblem]

    /// A configuration with these problems.
    package init(problems: [ConfigurationProblem]) {
        self.problems = problems
    }

    /// Each problem in a line of its own.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

/// The place where a setting was given.
package enum ConfigurationPlace: Hashable, Sendable, CustomStringConvertible {
    /// In a file, at a line and a column that count from 1.
    case file(String, line: Int, column: Int)
    /// In a file as a whole.
    case wholeFile(String)
    /// In an environment variable.
    case variable(String)
    /// In an option of the command line, for example `--log-level`.
    case option(String)
    /// Nowhere: it is a default, or it is missing.
    case nowhere

    /// The place as an editor understands it: `postroom.yaml:12:9`, or the variable's name.
    package var description: String {
        switch self {
        case .file(let path, let line, let column): "\(EscapedText.of(path)):\(line):\(column)"
        case .wholeFile(let path): EscapedText.of(path)
        case .variable(let name), .option(let name): EscapedText.of(name)
        case .nowhere: ""
        }
    }
}

extension [ConfigurationProblem] {
    /// The file's problems from top to bottom, then the others.
    package var inOrder: [ConfigurationProblem] {
        typealias Rank = (kind: Int, line: Int, column: Int, index: Int)
        let ranked = enumerated()
            .map { index, problem -> (rank: Rank, problem: ConfigurationProblem) in
                switch problem.place {
                case .wholeFile: ((0, 0, 0, index), problem)
                case .file(_, line: let line, column: let column): ((1, line, column, index), problem)
                case .variable, .option: ((2, 0, 0, index), problem)
                case .nowhere: ((3, 0, 0, index), problem)
                }
            }
        return ranked.sorted { $0.rank < $1.rank }.map(\.problem)
    }

    /// A mark of problems that the program can't start with.
    package var hasError: Bool {
        contains { $0.severity == .error }
    }

    /// Finds out whether something is wrong with a key or with a key below it, so that a check would only repeat it.
    package func hasError(under key: String) -> Bool {
        contains { problem in
            problem.severity == .error
                && (problem.key == key || problem.key.hasPrefix(key + ".") || problem.key.hasPrefix(key + "["))
        }
    }
}

/// The text that was found in the place of a value, in the form in which a problem may show it.
package enum DisplayedValue {
    private static let longest = 48

    /// Shows a text, unless it looks like a secret that got into the wrong place.
    ///
    /// - Parameter text: The text that was found.
    /// - Returns: The text in quotes, cut and escaped; or words for its kind.
    package static func of(_ text: String) -> String {
        if text.isEmpty {
            return "nothing"
        }
        if looksSecret(text) {
            return "a text that is not shown here"
        }
        let shown = text.count > longest ? text.prefix(longest) + "…" : text[...]
        return "'\(EscapedText.of(String(shown)))'"
    }

    /// A key as it may be shown: somebody may have pasted a secret where a key should be.
    package static func key(_ key: String) -> String {
        key.count > longest || looksLikeCredential(key) ? "(a key that is not shown here)" : EscapedText.of(key)
    }

    /// Finds out whether a word has the form in which producers give out their secrets, or that of random characters.
    package static func looksLikeCredential(_ word: String) -> Bool {
        let lower = word.lowercased()
        let isRandom = word.split { "_-./".contains($0) }
            .contains { piece in
                piece.count >= 20 && piece.contains(where: \.isNumber) && piece.contains(where: \.isLowercase)
            }
        return isRandom || ["whsec_", "whsec-", "sk-", "sk_live", "dyn_"].contains { lower.hasPrefix($0) }
    }

    /// Names and formats of secrets, credentials in URLs, and long words are not shown.
    private static func looksSecret(_ text: String) -> Bool {
        let lower = text.lowercased()
        let marks = ["whsec", "bearer ", "password", "secret", "token", "@"]
        let words = text.split(separator: " ")
        return marks.contains { lower.contains($0) }
            || words.contains { $0.count >= 24 || looksLikeCredential(String($0)) }
    }
}

/// Finds the word that somebody probably meant.
package enum Suggestion {
    /// Finds the nearest word, as ``NearestWord`` does.
    package static func nearest(to text: String, in words: some Sequence<String>, within limit: Int? = nil) -> String? {
        NearestWord.find(text, in: words, within: limit)
    }

    /// Lists words for a person: `a, b or c`.
    package static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
