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

/// Lays the variables `POSTROOM_ENDPOINTS_<NAME>_<SETTING>` over the endpoints.
///
/// They change the endpoints of the file. A variable with the source of an endpoint that the file does not have makes a
/// new one, named by the variable in lower case with `-` for `_`; so a program can be configured without a file. Any
/// other variable for an endpoint that is not there is a problem, as it changes nothing.
struct EndpointVariables {
    private static let prefix = EnvironmentName.of([ProgramConfiguration.endpointsKey]) + "_"

    /// The environment.
    let overlay: EnvironmentOverlay

    /// The variables that hold secrets.
    static func referenced(by endpoints: [EndpointSettings]) -> Set<String> {
        var names: Set<String> = []
        for case .variable(let name) in endpoints.flatMap({ $0.secrets + $0.handshakeTokens }) {
            names.insert(name)
        }
        return names
    }

    /// Lays the variables over the endpoints, and adds those that are new.
    func apply(to endpoints: inout [EndpointSettings], _ findings: inout Findings) {
        let refused = addNew(to: &endpoints, &findings)
        var targets: [String: [(endpoint: Int, setting: Setting<EndpointSettings>)]] = [:]
        for index in endpoints.indices {
            for setting in EndpointSettings.table {
                let variable = Self.variable(endpoints[index].name.rawValue, setting)
                targets[variable, default: []].append((index, setting))
            }
        }
        for variable in targets.keys.sorted() where overlay.isSet(variable) {
            let meant = targets[variable] ?? []
            let keys = meant.map { endpoints[$0.endpoint].key($0.setting.path.joined(separator: ".")) }
            guard meant.count == 1 else {
                let advice = "can mean \(Suggestion.list(keys)); set it in the file"
                findings.report(ConfigurationProblem(at: .variable(variable), key: "", advice))
                continue
            }
            overlay.apply(variable, meant[0].setting, keys[0], &endpoints[meant[0].endpoint], &findings)
        }
        reportUnknownVariables(except: refused.union(targets.keys), endpoints, &findings)
    }

    /// Makes the endpoints that only the environment has.
    ///
    /// - Returns: The variables whose endpoint can't have its name.
    private func addNew(to endpoints: inout [EndpointSettings], _ findings: inout Findings) -> Set<String> {
        var refused: Set<String> = []
        let existing = Set(
            endpoints.flatMap { endpoint in EndpointSettings.table.map { Self.variable(endpoint.name.rawValue, $0) } }
        )
        for variable in candidates(except: existing, endpoints) where variable.hasSuffix("_SOURCE") {
            let spelling = variable.dropFirst(Self.prefix.count).dropLast("_SOURCE".count)
            let name = spelling.lowercased().replacing("_", with: "-")
            let place = ConfigurationPlace.variable(variable)
            let endpoint = EndpointSettings(name: EndpointName(rawValue: name))
            guard EndpointSettings.isName(name) else {
                findings.report(ConfigurationProblem(at: place, key: "", EndpointSettings.adviceOnName))
                refused.insert(variable)
                continue
            }
            findings.note(place, of: endpoint.key())
            endpoints.append(endpoint)
        }
        return refused
    }

    private func reportUnknownVariables(
        except known: Set<String>,
        _ endpoints: [EndpointSettings],
        _ findings: inout Findings
    ) {
        for variable in candidates(except: known, endpoints) {
            let suffixes = EndpointSettings.table.map { "_" + EnvironmentName.part($0.path.joined(separator: "_")) }
            guard let suffix = suffixes.filter(variable.hasSuffix).max(by: { $0.count < $1.count }) else {
                let advice = "no setting of an endpoint has this variable"
                findings.report(ConfigurationProblem(.warning, at: .variable(variable), key: "", advice))
                continue
            }
            let names = endpoints.map(\.name.rawValue)
            let source = variable.dropLast(suffix.count) + "_SOURCE"
            let advice =
                "there is no endpoint of that name (\(names.isEmpty ? "there are none" : Suggestion.list(names)))"
            findings.report(
                ConfigurationProblem(
                    at: .variable(variable),
                    key: "",
                    advice + "; correct the name, or set \(source) too to make the endpoint"
                )
            )
        }
    }

    private func candidates(except known: Set<String>, _ endpoints: [EndpointSettings]) -> [String] {
        let references = Self.referenced(by: endpoints)
        return overlay.environment.keys.sorted()
            .filter { variable in
                variable.hasPrefix(Self.prefix) && overlay.isSet(variable) && !known.contains(variable)
                    && !references.contains(variable)
            }
    }

    private static func variable(_ endpoint: String, _ setting: Setting<EndpointSettings>) -> String {
        EnvironmentName.of([ProgramConfiguration.endpointsKey, endpoint] + setting.path)
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
