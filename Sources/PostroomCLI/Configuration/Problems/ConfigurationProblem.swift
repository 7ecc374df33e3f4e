/// One thing that is wrong with the configuration: where, which key, what was found, and what to do.
struct ConfigurationProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether it stops the program.
    enum Severity: String, Sendable, CaseIterable {
        /// It does.
        case error
        /// It is probably a mistake, and the program runs all the same.
        case warning
    }

    /// Whether it stops the program.
    let severity: Severity
    /// Where it was given.
    let place: ConfigurationPlace
    /// The path of the key, for example `endpoints.billing.secrets[1]`; empty for the file as a whole.
    let key: String
    /// What was found, for people to read.
    ///
    /// It is `nil` where nothing was, or where it could be a secret.
    let found: String?
    /// What is expected, or what to do.
    let advice: String

    /// Describes a problem.
    init(
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
    var description: String {
        var parts = [place.description, severity == .warning ? "warning" : "", EscapedText.of(key)]
        parts.append(found.map { "found \($0); \(advice)" } ?? advice)
        return parts.filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// A configuration that a program can't start with: a mistake of usage, exit status 64.
struct InvalidConfiguration: Error, Sendable, CustomStringConvertible {
    /// Everything that is wrong, warnings included.
    let problems: [ConfigurationProblem]

    /// The exit status that tells a caller so.
    var exitStatus: ExitStatus {
        .usage
    }

    /// Each problem in a line of its own.
    var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
