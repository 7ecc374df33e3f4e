import PostroomCore

/// What a key is set to, and where that was said.
struct EffectiveSetting: Hashable, Sendable {
    /// The key's path.
    let path: String
    /// The value, without secrets; `nil` where there is none.
    let value: String?
    /// Where it was given: a place in the file, a variable, or `default`.
    let origin: String
}

extension LoadedConfiguration {
    /// All keys with their values, those of each endpoint included.
    var effectiveSettings: [EffectiveSetting] {
        settings(PostroomConfiguration.table, of: configuration, at: [])
            + configuration.endpoints.flatMap { endpoint in
                let path = [PostroomConfiguration.endpointsKey, endpoint.name.rawValue]
                return settings(EndpointSettings.table, of: endpoint, at: path)
            }
    }

    private func settings<Section>(
        _ table: [Setting<Section>],
        of section: Section,
        at path: [String]
    ) -> [EffectiveSetting] {
        table.map { setting in
            let key = (path + setting.path).joined(separator: ".")
            let values = setting.show(section)
            return EffectiveSetting(
                path: key,
                value: values.isEmpty ? nil : values.joined(separator: ", "),
                origin: places[key]?.description ?? "default"
            )
        }
    }
}
