import PostroomCore

/// One key of the configuration, as `postroom config check` and the documentation list it.
struct ReferenceKey: Hashable, Sendable {
    /// The path, for example `database.url` or `endpoints.<name>.source`.
    let path: String
    /// The environment variable that stands for it.
    let variable: String
    /// What it takes.
    let expectation: String
    /// The default, or `nil` where there is none.
    let standard: String?
    /// Whether it may hold a secret and is never shown whole.
    let isSecret: Bool
    /// What it is for.
    let summary: String
}

/// Everything that can be configured.
enum ConfigurationReference {
    /// All keys, in the order in which they are explained.
    static let keys: [ReferenceKey] = {
        let sections = keys(of: PostroomConfiguration.table, in: PostroomConfiguration(), at: [])
        let endpoint = EndpointSettings(name: "name")
        let path = [PostroomConfiguration.endpointsKey, "<name>"]
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
