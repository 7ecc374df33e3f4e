/// Reads the configuration: defaults, then the file, then the environment, each over the one before.
package struct ConfigurationLoader: Sendable {
    /// How a file is read, by its path.
    package typealias FileReader = @Sendable (_ path: String) throws(FileProblem) -> BoundedFile

    /// The environment.
    package let environment: [String: String]
    /// The sources that an endpoint can have.
    package let sources: [SourceTraits]
    /// How the file is read.
    package let readFile: FileReader

    /// Prepares a loader.
    ///
    /// - Parameters:
    ///   - environment: The environment; nothing is read from the process's own.
    ///   - sources: The sources that an endpoint can have.
    ///   - readFile: How the file is read.
    package init(
        environment: [String: String],
        sources: [SourceTraits],
        readFile: @escaping FileReader = { path throws(FileProblem) in
            try BoundedFile(reading: path, limit: 1 << 20)
        }
    ) {
        self.environment = environment
        self.sources = sources
        self.readFile = readFile
    }

    /// Loads the configuration.
    ///
    /// - Parameter file: What `--config` says. Without it `POSTROOM_CONFIG` names the file; without that there is none.
    /// - Returns: The configuration, with what is to be warned of.
    /// - Throws: ``InvalidConfiguration`` with everything that is wrong.
    package func load(file: String? = nil) throws(InvalidConfiguration) -> LoadedConfiguration {
        let variable = environment[EnvironmentName.file]
        let path = file ?? (variable?.isEmpty == false ? variable : nil)
        var configuration = ProgramConfiguration()
        var findings = Findings()
        let overlay = EnvironmentOverlay(environment: environment)
        do throws(ConfigurationProblem) {
            if let path {
                let document = try document(at: path, isFromEnvironment: file == nil)
                DocumentReader(document: document).read(into: &configuration, &findings)
            }
            overlay.apply(to: &configuration, &findings)
            ConfigurationChecks(sources: sources).check(configuration, &findings)
        } catch {
            // Without the file nobody knows which endpoints there are; the other variables can be checked.
            findings.report(error)
            overlay.applyToSections(of: &configuration, &findings)
        }
        let problems = Self.inOrder(findings.problems)
        guard !problems.contains(where: { $0.severity == .error }) else {
            throw InvalidConfiguration(problems: problems)
        }
        return LoadedConfiguration(
            configuration: configuration,
            file: path,
            warnings: problems,
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

    /// The file's problems from top to bottom, then the others.
    private static func inOrder(_ problems: [ConfigurationProblem]) -> [ConfigurationProblem] {
        typealias Rank = (kind: Int, line: Int, column: Int, index: Int)
        let ranked = problems.enumerated()
            .map { index, problem -> (rank: Rank, problem: ConfigurationProblem) in
                switch problem.place {
                case .wholeFile: ((0, 0, 0, index), problem)
                case .file(_, line: let line, column: let column): ((1, line, column, index), problem)
                case .variable: ((2, 0, 0, index), problem)
                case .nowhere: ((3, 0, 0, index), problem)
                }
            }
        return ranked.sorted { $0.rank < $1.rank }.map(\.problem)
    }
}
