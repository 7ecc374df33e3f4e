package import PostroomCore

/// The secrets of all endpoints.
package struct ResolvedSecrets: Sendable {
    /// Each endpoint's secrets, in the order of its references.
    package let byEndpoint: [EndpointName: [Sensitive<String>]]
    /// Each endpoint's tokens for handshakes.
    package let handshakeTokens: [EndpointName: [Sensitive<String>]]
    /// The secrets that are missing or empty, and warnings about the keeping of others.
    package let problems: [ConfigurationProblem]
}

extension LoadedConfiguration {
    /// Reads the secrets of all endpoints.
    ///
    /// - Parameters:
    ///   - environment: The environment.
    ///   - readFile: The way to read a file. The default blocks: call it while a program starts.
    /// - Returns: The secrets that there are, and a problem for each that is not, by endpoint and reference.
    package func resolveSecrets(
        environment: [String: String],
        readFile: ConfigurationLoader.FileReader = { path throws(FileProblem) in
            try BoundedFile(reading: path, limit: 1 << 16)
        }
    ) -> ResolvedSecrets {
        var secrets: [EndpointName: [Sensitive<String>]] = [:]
        var handshakeTokens: [EndpointName: [Sensitive<String>]] = [:]
        var problems: [ConfigurationProblem] = []
        func resolve(_ references: [SecretReference], at name: String, of endpoint: EndpointSettings)
            -> [Sensitive<String>]
        {
            let found = self.resolve(references, at: endpoint.key(name), environment: environment, readFile: readFile)
            problems += found.problems
            return found.secrets
        }
        for endpoint in configuration.endpoints {
            secrets[endpoint.name] = resolve(endpoint.secrets, at: "secrets", of: endpoint)
            handshakeTokens[endpoint.name] = resolve(endpoint.handshakeTokens, at: "handshake-tokens", of: endpoint)
        }
        return ResolvedSecrets(byEndpoint: secrets, handshakeTokens: handshakeTokens, problems: problems)
    }

    /// Reads the secrets that a list of references points to.
    ///
    /// - Parameters:
    ///   - references: The references.
    ///   - key: The key that holds them.
    ///   - environment: The environment.
    ///   - readFile: The way to read a file.
    /// - Returns: The secrets that there are, and a problem for each that is not, or is badly kept.
    package func resolve(
        _ references: [SecretReference],
        at key: String,
        environment: [String: String],
        readFile: ConfigurationLoader.FileReader = { path throws(FileProblem) in
            try BoundedFile(reading: path, limit: 1 << 16)
        }
    ) -> (secrets: [Sensitive<String>], problems: [ConfigurationProblem]) {
        var secrets: [Sensitive<String>] = []
        var problems: [ConfigurationProblem] = []
        for (index, reference) in references.enumerated() {
            let key = "\(key)[\(index)]"
            do throws(SecretReference.Failure) {
                let resolution = try reference.resolve(environment: environment, readFile: readFile)
                secrets.append(resolution.secret)
                if let warning = resolution.warning {
                    problems.append(problem(.warning, at: key, warning))
                }
            } catch {
                problems.append(problem(at: key, error.advice))
            }
        }
        return (secrets, problems)
    }
}
