/// A text that was given for a setting, and where.
struct GivenValue: Hashable {
    let text: String
    let place: ConfigurationPlace
}

/// The findings of reading a configuration: everything that is wrong, and the place of each key.
struct Findings {
    /// The problems, in the order in which they were found.
    private(set) var problems: [ConfigurationProblem] = []
    /// The places of the keys that were given; a list's elements have keys like `secrets[0]`.
    private(set) var places: [String: ConfigurationPlace] = [:]

    /// Notes a problem.
    mutating func report(_ problem: ConfigurationProblem) {
        problems.append(problem)
    }

    /// Notes where a key was given.
    mutating func note(_ place: ConfigurationPlace, of key: String) {
        places[key] = place
    }

    /// Reads values into a section, in the place of those that it has.
    ///
    /// - Parameters:
    ///   - values: One value, or those of a list.
    ///   - setting: The setting that they are for.
    ///   - key: The setting's full path.
    ///   - section: The section that holds it.
    mutating func store<Section>(
        _ values: [GivenValue],
        for setting: Setting<Section>,
        at key: String,
        in section: inout Section
    ) {
        places = places.filter { !$0.key.hasPrefix(key + "[") }
        if let place = values.first?.place {
            places[key] = place
        }
        setting.clear(&section)
        for (index, value) in values.enumerated() {
            let valueKey = setting.isList ? "\(key)[\(index)]" : key
            places[valueKey] = value.place
            do throws(ValueRefusal) {
                try setting.accept(value.text, &section)
            } catch {
                report(
                    ConfigurationProblem(
                        at: value.place,
                        key: valueKey,
                        found: setting.isSecret ? nil : DisplayedValue.of(value.text),
                        "expected \(setting.expectation)" + (error.hint.map { "; \($0)" } ?? "")
                    )
                )
            }
        }
    }
}
