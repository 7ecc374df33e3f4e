import PostroomCore

/// One key of the configuration, as the program and its documentation list it.
package struct ReferenceKey: Hashable, Sendable {
    /// The path, for example `database.url` or `endpoints.<name>.source`.
    package let path: String
    /// The environment variable that stands for it.
    package let variable: String
    /// The values that it takes, in a sentence.
    package let expectation: String
    /// The values that it takes, in a word or two.
    package let range: String
    /// The default, or `nil` where there is none.
    package let standard: String?
    /// A mark of values that are never shown whole, because they may hold a secret.
    package let isSecret: Bool
    /// Its purpose.
    package let summary: String

    init<Section>(_ setting: Setting<Section>, at path: [String], standard section: Section) {
        let shown = setting.show(section).joined(separator: ", ")
        self.path = (path + setting.path).joined(separator: ".")
        self.variable = EnvironmentName.of(path + setting.path)
        self.expectation = setting.expectation
        self.range = setting.range
        self.standard = shown.isEmpty ? nil : shown
        self.isSecret = setting.isSecret
        self.summary = setting.summary
    }
}

/// Everything that can be configured.
package enum ConfigurationReference {
    /// All keys, in the order in which they are explained.
    package static let keys: [ReferenceKey] =
        ProgramConfiguration.table.map { ReferenceKey($0, at: [], standard: ProgramConfiguration()) }
        + EndpointSettings.table.map {
            ReferenceKey(
                $0,
                at: [ProgramConfiguration.endpointsKey, "<name>"],
                standard: EndpointSettings(name: "name")
            )
        }
        + ForwarderSettings.table.map {
            ReferenceKey(
                $0,
                at: [ProgramConfiguration.forwardersKey, "<name>"],
                standard: ForwarderSettings(name: "name")
            )
        }

    /// All keys as a chapter of Markdown, a table for each section.
    package static var chapter: String {
        var lines = [
            "## Keys",
            "",
            "As `postroom config show --markdown` writes them. A key stands in the file under its section; its variable, where"
                + " it is set,",
            "wins over the file.",
        ]
        var section = ""
        for key in keys {
            let names = key.path.split(separator: ".")
            let own = names[1] == "<name>" ? "\(names[0]).<name>" : String(names[0])
            if own != section {
                section = own
                lines += ["", "### `\(own)`", "", "| key | default | range | meaning |", "| --- | --- | --- | --- |"]
            }
            let name = key.path.dropFirst(own.count + 1)
            let standard = key.standard.map { "`\($0)`" } ?? ""
            lines.append("| `\(name)` | \(standard) | \(key.range) | \(key.summary) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// The value of a key that is in force, and its origin.
package struct EffectiveSetting: Hashable, Sendable {
    /// The key; that of an endpoint or a forwarder has its name.
    package let key: ReferenceKey
    /// The values, without secrets: one, or those of a list; none where there is no value.
    package let values: [String]
    /// A mark of keys that take several values.
    package let isList: Bool
    /// The place where it was given, or ``ConfigurationPlace/nowhere`` for a default.
    package let place: ConfigurationPlace

    /// The origin in words: a place in the file, a variable, or `default`.
    package var origin: String {
        place == .nowhere ? "default" : place.description
    }
}

extension LoadedConfiguration {
    /// All keys with the values that are in force, those of each endpoint and each forwarder included.
    package var effectiveSettings: [EffectiveSetting] {
        settings(ProgramConfiguration.table, of: configuration, standard: ProgramConfiguration(), at: [])
            + configuration.endpoints.flatMap { endpoint in
                settings(
                    EndpointSettings.table,
                    of: endpoint,
                    standard: EndpointSettings(name: endpoint.name),
                    at: [ProgramConfiguration.endpointsKey, endpoint.name.rawValue]
                )
            }
            + configuration.forwarders.flatMap { forwarder in
                settings(
                    ForwarderSettings.table,
                    of: forwarder,
                    standard: ForwarderSettings(name: forwarder.name),
                    at: [ProgramConfiguration.forwardersKey, forwarder.name.rawValue]
                )
            }
    }

    private func settings<Section>(
        _ table: [Setting<Section>],
        of section: Section,
        standard: Section,
        at path: [String]
    ) -> [EffectiveSetting] {
        table.map { setting in
            let key = ReferenceKey(setting, at: path, standard: standard)
            return EffectiveSetting(
                key: key,
                values: setting.show(section),
                isList: setting.isList,
                place: places[key.path] ?? .nowhere
            )
        }
    }
}
