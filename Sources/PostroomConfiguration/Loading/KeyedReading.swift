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
    ///   - forwarders: The names of the forwarders, which can't be asked for either.
    /// - Returns: The configuration with its problems, errors included.
    package func read(
        _ values: some KeyedValues,
        endpoints: [EndpointName],
        forwarders: [HandlerName] = []
    ) -> LoadedConfiguration {
        var configuration = ProgramConfiguration()
        var findings = Findings()
        take(values, ProgramConfiguration.table, at: [], in: &configuration, &findings)
        configuration.endpoints = sections(values, named: endpoints.map(\.rawValue), &findings)
        configuration.forwarders = sections(values, named: forwarders.map(\.rawValue), &findings)
        ConfigurationChecks(sources: sources).check(configuration, &findings)
        return LoadedConfiguration(
            configuration: configuration,
            file: nil,
            problems: findings.problems.inOrder,
            places: findings.places
        )
    }

    private func sections<Section: NamedSection>(
        _ values: some KeyedValues,
        named names: [String],
        _ findings: inout Findings
    ) -> [Section] {
        names.compactMap { name in
            guard Section.isName(name) else {
                let key = "\(Section.sectionKey).\(DisplayedValue.key(name))"
                findings.report(ConfigurationProblem(at: .nowhere, key: key, Section.adviceOnName))
                return nil
            }
            var section = Section(named: name)
            take(values, Section.table, at: [Section.sectionKey, name], in: &section, &findings)
            return section
        }
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
