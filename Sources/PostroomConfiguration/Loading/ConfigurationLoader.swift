package import PostroomSources

/// Reads the configuration: defaults, then the file, then the environment, each over the one before.
package struct ConfigurationLoader: Sendable {
    /// A way to read a file by its path.
    package typealias FileReader = @Sendable (_ path: String) throws(FileProblem) -> BoundedFile

    /// The environment.
    package let environment: [String: String]
    /// The sources that an endpoint can have.
    package let sources: SourceRegistry
    /// The sections of the file that are the program's own, and are not read here.
    package let ownSections: Set<String>
    /// The way to read the file.
    package let readFile: FileReader

    /// Prepares a loader.
    ///
    /// - Parameters:
    ///   - environment: The environment; nothing is read from the process's own.
    ///   - sources: The sources that an endpoint can have.
    ///   - ownSections: The sections of the file that are the program's own.
    ///   - readFile: The way to read the file.
    package init(
        environment: [String: String],
        sources: SourceRegistry,
        ownSections: Set<String> = [],
        readFile: @escaping FileReader = { path throws(FileProblem) in
            try BoundedFile(reading: path, limit: 1 << 20)
        }
    ) {
        self.environment = environment
        self.sources = sources
        self.ownSections = ownSections
        self.readFile = readFile
    }

    /// Loads the configuration.
    ///
    /// - Parameter file: The value of `--config`. Without it `POSTROOM_CONFIG` names the file; without that there is none.
    /// - Returns: The configuration, with warnings at the most.
    /// - Throws: ``InvalidConfiguration`` with everything that is wrong.
    package func load(file: String? = nil) throws(InvalidConfiguration) -> LoadedConfiguration {
        let loaded = read(file: file)
        guard !loaded.problems.hasError else { throw InvalidConfiguration(problems: loaded.problems) }
        return loaded
    }

    /// Reads as much of the configuration as can be read, with everything that is wrong with it.
    ///
    /// - Parameter file: The value of `--config`, as for ``load(file:)``.
    /// - Returns: The configuration with its problems, errors included.
    package func read(file: String? = nil) -> LoadedConfiguration {
        let variable = environment[EnvironmentName.file]
        let path = file ?? (variable?.isEmpty == false ? variable : nil)
        var configuration = ProgramConfiguration()
        var findings = Findings()
        let overlay = EnvironmentOverlay(environment: environment)
        do throws(ConfigurationProblem) {
            if let path {
                let document = try document(at: path, isFromEnvironment: file == nil)
                DocumentReader(document: document, ownSections: ownSections).read(into: &configuration, &findings)
            }
            overlay.apply(to: &configuration, &findings)
            ConfigurationChecks(sources: sources).check(configuration, &findings)
        } catch {
            // Without the file nobody knows which endpoints there are; the other variables can be checked.
            findings.report(error)
            overlay.applyToSections(of: &configuration, &findings)
        }
        return LoadedConfiguration(
            configuration: configuration,
            file: path,
            problems: findings.problems.inOrder,
            places: findings.places
        )
    }

    private func document(
        at path: String,
        isFromEnvironment: Bool
    ) throws(ConfigurationProblem) -> YAMLDocument {
        let file: BoundedFile
        do throws(FileProblem) {
            file = try readFile(path)
        } catch {
            let origin = isFromEnvironment ? EnvironmentName.file : "--config"
            let advice = "can't be read: \(error.reason); \(origin) has to name a YAML file"
            throw ConfigurationProblem(at: .wholeFile(path), key: "", advice)
        }
        return try YAMLDocument(parsing: file.bytes, path: path)
    }
}

/// A configuration, and the place of everything in it.
package struct LoadedConfiguration: Sendable {
    /// The values, which a command line may still change.
    package var configuration: ProgramConfiguration
    /// The file that was read, or `nil` where there was none.
    package let file: String?
    /// Everything that is wrong with it, in order; only warnings where it was loaded.
    package let problems: [ConfigurationProblem]
    /// The places of the keys that were given.
    package var places: [String: ConfigurationPlace]

    /// A problem with one of the keys, placed where the key was given.
    ///
    /// - Parameters:
    ///   - severity: The weight.
    ///   - key: The key's path, for example `endpoints.billing.secrets[0]`. Where it was not given itself, the place is
    ///     that of what holds it.
    ///   - advice: The problem, and the advice.
    /// - Returns: The problem.
    package func problem(
        _ severity: ConfigurationProblem.Severity = .error,
        at key: String,
        _ advice: String
    ) -> ConfigurationProblem {
        var holder = key[...]
        while places[String(holder)] == nil, let end = holder.lastIndex(where: { ".[".contains($0) }) {
            holder = holder[..<end]
        }
        return ConfigurationProblem(severity, at: places[String(holder)] ?? .nowhere, key: key, advice)
    }
}
