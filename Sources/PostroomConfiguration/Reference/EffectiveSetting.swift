import PostroomCore

/// What a key is set to, and where that was said.
package struct EffectiveSetting: Hashable, Sendable {
    /// The key's path.
    package let path: String
    /// The value, without secrets; `nil` where there is none.
    package let value: String?
    /// Where it was given: a place in the file, a variable, or `default`.
    package let origin: String
}

extension LoadedConfiguration {
    /// All keys with their values, those of each endpoint included.
    package var effectiveSettings: [EffectiveSetting] {
        settings(ProgramConfiguration.table, of: configuration, at: [])
            + configuration.endpoints.flatMap { endpoint in
                let path = [ProgramConfiguration.endpointsKey, endpoint.name.rawValue]
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
