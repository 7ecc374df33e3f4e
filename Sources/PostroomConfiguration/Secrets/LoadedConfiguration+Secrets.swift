package import PostroomCore

/// The secrets of all endpoints.
package struct ResolvedSecrets: Sendable {
    /// Each endpoint's secrets, in the order of its references.
    package let byEndpoint: [EndpointName: [Sensitive<String>]]
    /// What should be told of how they are kept.
    package let warnings: [ConfigurationProblem]
}

extension LoadedConfiguration {
    /// Reads the secrets of all endpoints.
    ///
    /// - Parameters:
    ///   - environment: The environment.
    ///   - readFile: How a file is read. The default blocks: call it while a program starts.
    /// - Returns: The secrets.
    /// - Throws: ``InvalidConfiguration`` with every secret that is missing or empty, by endpoint and reference.
    package func resolveSecrets(
        environment: [String: String],
        readFile: ConfigurationLoader.FileReader = { path throws(FileProblem) in
            try BoundedFile(reading: path, limit: 1 << 16)
        }
    ) throws(InvalidConfiguration) -> ResolvedSecrets {
        var secrets: [EndpointName: [Sensitive<String>]] = [:]
        var problems: [ConfigurationProblem] = []
        for endpoint in configuration.endpoints {
            for (index, reference) in endpoint.secrets.enumerated() {
                let key = endpoint.key("secrets[\(index)]")
                do throws(SecretReference.Failure) {
                    let resolution = try reference.resolve(environment: environment, readFile: readFile)
                    secrets[endpoint.name, default: []].append(resolution.secret)
                    if let warning = resolution.warning {
                        problems.append(problem(.warning, at: key, warning))
                    }
                } catch {
                    problems.append(problem(at: key, error.advice))
                }
            }
        }
        guard !problems.contains(where: { $0.severity == .error }) else {
            throw InvalidConfiguration(problems: problems)
        }
        return ResolvedSecrets(byEndpoint: secrets, warnings: problems)
    }
}
