/// Lays what the environment says over what the file says.
///
/// A variable that is empty counts as not set, because that is what an unset one becomes in many deployment files.
struct EnvironmentOverlay {
    /// The environment.
    let environment: [String: String]

    /// Lays the environment over a configuration.
    func apply(to configuration: inout ProgramConfiguration, _ findings: inout Findings) {
        applyToSections(of: &configuration, &findings)
        EndpointVariables(overlay: self).apply(to: &configuration.endpoints, &findings)
        warnOfStrays(configuration, &findings)
    }

    /// Lays the environment over everything but the endpoints.
    func applyToSections(of configuration: inout ProgramConfiguration, _ findings: inout Findings) {
        for setting in ProgramConfiguration.table {
            apply(
                EnvironmentName.of(setting.path),
                setting,
                setting.path.joined(separator: "."),
                &configuration,
                &findings
            )
        }
    }

    /// Whether a variable says something.
    func isSet(_ variable: String) -> Bool {
        environment[variable]?.isEmpty == false
    }

    /// Lays one variable over one setting.
    func apply<Section>(
        _ variable: String,
        _ setting: Setting<Section>,
        _ key: String,
        _ section: inout Section,
        _ findings: inout Findings
    ) {
        guard let text = environment[variable], !text.isEmpty else { return }
        let texts = setting.isList ? text.split(separator: ",").map(Self.trimmed) : [text]
        let values = texts.map { GivenValue(text: $0, place: .variable(variable)) }
        findings.store(values, for: setting, at: key, in: &section)
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        return String(start.prefix(start.reversed().drop { $0 == " " }.count))
    }

    /// Warns of variables that are a letter or two off: they change nothing, and somebody thinks that they do.
    private func warnOfStrays(_ configuration: ProgramConfiguration, _ findings: inout Findings) {
        let known = Set(ProgramConfiguration.table.map { EnvironmentName.of($0.path) }).union([EnvironmentName.file])
        let references = EndpointVariables.referenced(by: configuration.endpoints)
        for variable in environment.keys.sorted() where variable.hasPrefix(EnvironmentName.prefix) {
            guard isSet(variable), !known.contains(variable), !references.contains(variable) else { continue }
            if let nearest = Suggestion.nearest(to: variable, in: known.sorted(), within: 2) {
                let advice = "no setting has this variable; did you mean \(nearest)?"
                findings.report(ConfigurationProblem(.warning, at: .variable(variable), key: "", advice))
            }
        }
    }
}
