import PostroomCore

/// Lays what the environment says over what the file says.
///
/// A variable that is empty counts as not set, because that is what an unset one becomes in many deployment files.
struct EnvironmentOverlay {
    /// The environment.
    let environment: [String: String]

    /// Lays the environment over a configuration.
    func apply(to configuration: inout ProgramConfiguration, _ findings: inout Findings) {
        applyToSections(of: &configuration, &findings)
        NamedSectionVariables(overlay: self).apply(to: &configuration.endpoints, &findings)
        NamedSectionVariables(overlay: self).apply(to: &configuration.forwarders, &findings)
        warnOfStrays(configuration, &findings)
    }

    /// Lays the environment over everything but the endpoints and the forwarders.
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

    /// Finds out whether a variable is set and not empty.
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
        let texts = setting.isList ? text.split(separator: setting.separator).map(Self.trimmed) : [text]
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
        let references = EndpointSettings.variables(referencedBy: configuration.endpoints)
            .union(ForwarderSettings.variables(referencedBy: configuration.forwarders))
        for variable in environment.keys.sorted() where variable.hasPrefix(EnvironmentName.prefix) {
            guard isSet(variable), !known.contains(variable), !references.contains(variable) else { continue }
            if let nearest = Suggestion.nearest(to: variable, in: known.sorted(), within: 2) {
                let advice = "no setting has this variable; did you mean \(nearest)?"
                findings.report(ConfigurationProblem(.warning, at: .variable(variable), key: "", advice))
            }
        }
    }
}

/// Lays the variables `POSTROOM_ENDPOINTS_<NAME>_<SETTING>`, and those of other named sections, over the sections.
///
/// They change the sections of the file. A variable with the founding setting of a section that the file does not have, for
/// example the source of an endpoint, makes a new one, named by the variable in lower case with `-` for `_`; so a program can
/// be configured without a file. Any other variable for a section that is not there is a problem, as it changes nothing.
struct NamedSectionVariables<Section: NamedSection> {
    /// The environment.
    let overlay: EnvironmentOverlay

    private var prefix: String { EnvironmentName.of([Section.sectionKey]) + "_" }
    private var foundingSuffix: String { "_" + EnvironmentName.part(Section.foundingSetting) }

    /// Lays the variables over the sections, and adds those that are new.
    func apply(to sections: inout [Section], _ findings: inout Findings) {
        let refused = addNew(to: &sections, &findings)
        var targets: [String: [(section: Int, setting: Setting<Section>)]] = [:]
        for index in sections.indices {
            for setting in Section.table {
                let variable = variable(sections[index].nameText, setting)
                targets[variable, default: []].append((index, setting))
            }
        }
        for variable in targets.keys.sorted() where overlay.isSet(variable) {
            let meant = targets[variable] ?? []
            let keys = meant.map { sections[$0.section].key($0.setting.path.joined(separator: ".")) }
            guard meant.count == 1 else {
                let advice = "can mean \(Suggestion.list(keys)); set it in the file"
                findings.report(ConfigurationProblem(at: .variable(variable), key: "", advice))
                continue
            }
            overlay.apply(variable, meant[0].setting, keys[0], &sections[meant[0].section], &findings)
        }
        reportUnknownVariables(except: refused.union(targets.keys), sections, &findings)
    }

    /// Makes the sections that only the environment has.
    ///
    /// - Returns: The variables whose section can't have its name.
    private func addNew(to sections: inout [Section], _ findings: inout Findings) -> Set<String> {
        var refused: Set<String> = []
        let existing = Set(
            sections.flatMap { section in Section.table.map { variable(section.nameText, $0) } }
        )
        for variable in candidates(except: existing, sections) where variable.hasSuffix(foundingSuffix) {
            let spelling = variable.dropFirst(prefix.count).dropLast(foundingSuffix.count)
            let name = spelling.lowercased().replacing("_", with: "-")
            let place = ConfigurationPlace.variable(variable)
            let section = Section(named: name)
            guard Section.isName(name) else {
                findings.report(ConfigurationProblem(at: place, key: "", Section.adviceOnName))
                refused.insert(variable)
                continue
            }
            findings.note(place, of: section.key())
            sections.append(section)
        }
        return refused
    }

    private func reportUnknownVariables(
        except known: Set<String>,
        _ sections: [Section],
        _ findings: inout Findings
    ) {
        let noun = Section.noun
        for variable in candidates(except: known, sections) {
            let suffixes = Section.table.map { "_" + EnvironmentName.part($0.path.joined(separator: "_")) }
            guard let suffix = suffixes.filter(variable.hasSuffix).max(by: { $0.count < $1.count }) else {
                let article = noun.first == "e" ? "an" : "a"
                let advice = "no setting of \(article) \(noun) has this variable"
                findings.report(ConfigurationProblem(.warning, at: .variable(variable), key: "", advice))
                continue
            }
            let names = sections.map(\.nameText)
            let founding = variable.dropLast(suffix.count) + foundingSuffix
            let advice =
                "there is no \(noun) of that name (\(names.isEmpty ? "there are none" : Suggestion.list(names)))"
            findings.report(
                ConfigurationProblem(
                    at: .variable(variable),
                    key: "",
                    advice + "; correct the name, or set \(founding) too to make the \(noun)"
                )
            )
        }
    }

    private func candidates(except known: Set<String>, _ sections: [Section]) -> [String] {
        let references = Section.variables(referencedBy: sections)
        return overlay.environment.keys.sorted()
            .filter { variable in
                variable.hasPrefix(prefix) && overlay.isSet(variable) && !known.contains(variable)
                    && !references.contains(variable)
            }
    }

    private func variable(_ name: String, _ setting: Setting<Section>) -> String {
        EnvironmentName.of([Section.sectionKey, name] + setting.path)
    }
}

/// The names of environment variables that stand for settings.
package enum EnvironmentName {
    /// The prefix of all of them.
    package static let prefix = "POSTROOM_"
    /// The variable that names the file.
    package static let file = "POSTROOM_CONFIG"

    /// The variable of a setting: its path with `_` between the names, `-` and `.` as `_`, in upper case.
    package static func of(_ path: [String]) -> String {
        prefix + part(path.joined(separator: "_"))
    }

    /// A piece of a name.
    package static func part(_ text: String) -> String {
        text.replacing("-", with: "_").replacing(".", with: "_").uppercased()
    }
}
