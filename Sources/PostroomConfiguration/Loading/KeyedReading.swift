package import PostroomCore

/// Somebody who knows the values of keys, for example a reader of another configuration library.
package protocol KeyedValues {
    /// Reads the texts of a key.
    ///
    /// - Parameters:
    ///   - path: The names on the way to the key.
    ///   - isList: `true` for a key that takes several values.
    ///   - isSecret: `true` for a value that must not be shown.
    /// - Returns: One text, or those of a list; `nil` where the key has no value.
    func texts(_ path: [String], isList: Bool, isSecret: Bool) -> [String]?
}

extension ConfigurationLoader {
    /// Reads the configuration from somebody who is asked for each key, over the defaults; neither a file nor a variable
    /// counts.
    ///
    /// - Parameters:
    ///   - values: Knows the values.
    ///   - endpoints: The names of the endpoints, which can't be asked for.
    /// - Returns: The configuration with its problems, errors included.
    package func read(_ values: some KeyedValues, endpoints: [EndpointName]) -> LoadedConfiguration {
        var configuration = ProgramConfiguration()
        var findings = Findings()
        take(values, ProgramConfiguration.table, at: [], in: &configuration, &findings)
        for name in endpoints {
            var endpoint = EndpointSettings(name: name)
            if EndpointSettings.isName(name.rawValue) {
                let path = [ProgramConfiguration.endpointsKey, name.rawValue]
                take(values, EndpointSettings.table, at: path, in: &endpoint, &findings)
                configuration.endpoints.append(endpoint)
            } else {
                let key = "\(ProgramConfiguration.endpointsKey).\(DisplayedValue.key(name.rawValue))"
                findings.report(ConfigurationProblem(at: .nowhere, key: key, EndpointSettings.adviceOnName))
            }
        }
        ConfigurationChecks(sources: sources).check(configuration, &findings)
        return LoadedConfiguration(
            configuration: configuration,
            file: nil,
            problems: findings.problems.inOrder,
            places: findings.places
        )
    }

    private func take<Section>(
        _ values: some KeyedValues,
        _ table: [Setting<Section>],
        at path: [String],
        in section: inout Section,
        _ findings: inout Findings
    ) {
        for setting in table {
            let whole = path + setting.path
            guard let texts = values.texts(whole, isList: setting.isList, isSecret: setting.isSecret) else { continue }
            let given = texts.map { GivenValue(text: $0, place: .nowhere) }
            findings.store(given, for: setting, at: whole.joined(separator: "."), in: &section)
        }
    }
}
