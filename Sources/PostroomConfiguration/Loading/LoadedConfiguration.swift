/// A configuration that can be used, and where everything in it was given.
package struct LoadedConfiguration: Sendable {
    /// The values, which a command line may still change.
    package var configuration: ProgramConfiguration
    /// The file that was read, or `nil` where there was none.
    package let file: String?
    /// What is probably a mistake.
    package let warnings: [ConfigurationProblem]
    /// Where each key was given that was.
    package let places: [String: ConfigurationPlace]

    /// A problem with one of the keys, placed where the key was given.
    ///
    /// - Parameters:
    ///   - severity: Whether it stops the program.
    ///   - key: The key's path, for example `endpoints.billing.secrets[0]`. Where it was not given itself, the place is
    ///     that of what holds it.
    ///   - advice: What is wrong and what to do.
    /// - Returns: The problem.
    package func problem(
        _ severity: ConfigurationProblem.Severity = .error,
        at key: String,
        _ advice: String
    ) -> ConfigurationProblem {
        var holder = key[...]
        while places[String(holder)] == nil, let end = holder.lastIndex(where: { ".[".contains($0) }) {
            holder = holder[..<end]
        }
        return ConfigurationProblem(severity, at: places[String(holder)] ?? .nowhere, key: key, advice)
    }
}
