import PostroomCore

/// One key of the configuration, as `postroom config check` and the documentation list it.
package struct ReferenceKey: Hashable, Sendable {
    /// The path, for example `database.url` or `endpoints.<name>.source`.
    package let path: String
    /// The environment variable that stands for it.
    package let variable: String
    /// What it takes.
    package let expectation: String
    /// The default, or `nil` where there is none.
    package let standard: String?
    /// Whether it may hold a secret and is never shown whole.
    package let isSecret: Bool
    /// What it is for.
    package let summary: String
}

/// Everything that can be configured.
package enum ConfigurationReference {
    /// All keys, in the order in which they are explained.
    package static let keys: [ReferenceKey] = {
        let sections = keys(of: ProgramConfiguration.table, in: ProgramConfiguration(), at: [])
        let endpoint = EndpointSettings(name: "name")
        let path = [ProgramConfiguration.endpointsKey, "<name>"]
        return sections + keys(of: EndpointSettings.table, in: endpoint, at: path)
    }()

    private static func keys<Section>(
        of table: [Setting<Section>],
        in section: Section,
        at path: [String]
    ) -> [ReferenceKey] {
        table.map { setting in
            let shown = setting.show(section).joined(separator: ", ")
            return ReferenceKey(
                path: (path + setting.path).joined(separator: "."),
                variable: EnvironmentName.of(path + setting.path),
                expectation: setting.expectation,
                standard: shown.isEmpty ? nil : shown,
                isSecret: setting.isSecret,
                summary: setting.summary
            )
        }
    }
}
