import PostroomCore

/// One thing that is wrong with the configuration: where, which key, what was found, and what to do.
package struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether it stops the program.
    package enum Severity: String, Sendable, CaseIterable {
        /// It does.
        case error
        /// It is probably a mistake, and the program runs all the same.
        case warning
    }

    /// Whether it stops the program.
    package let severity: Severity
    /// Where it was given.
    package let place: ConfigurationPlace
    /// The path of the key, for example `endpoints.billing.secrets[1]`; empty for the file as a whole.
    package let key: String
    /// What was found, for people to read.
    ///
    /// It is `nil` where nothing was, or where it could be a secret.
    package let found: String?
    /// What is expected, or what to do.
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

    /// The problem in one line: place, key, what was found, what to do.
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

/// Where a setting was given.
package enum ConfigurationPlace: Hashable, Sendable, CustomStringConvertible {
    /// In a file, at a line and a column that count from 1.
    case file(String, line: Int, column: Int)
    /// In a file as a whole.
    case wholeFile(String)
    /// In an environment variable.
    case variable(String)
    /// Nowhere: it is a default, or it is missing.
    case nowhere

    /// The place as an editor understands it: `postroom.yaml:12:9`, or the variable's name.
    package var description: String {
        switch self {
        case .file(let path, let line, let column): "\(EscapedText.of(path)):\(line):\(column)"
        case .wholeFile(let path): EscapedText.of(path)
        case .variable(let name): EscapedText.of(name)
        case .nowhere: ""
        }
    }
}
