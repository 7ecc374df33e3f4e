public import Configuration
import PostroomCLI
import PostroomConfiguration
public import PostroomCore
public import PostroomSources

extension PostroomService {
    /// A configuration that was read and checked.
    public struct Configuration: Sendable {
        let loaded: LoadedConfiguration
        let environment: [String: String]
        let sources: SourceRegistry

        /// Reads a file as `postroom --config` does, with the environment's `POSTROOM_…` variables over it.
        ///
        /// - Parameters:
        ///   - file: The path of a YAML file; `nil` where variables say everything.
        ///   - ownSections: The sections of the file that are the program's own. Every other key that Postroom does not
        ///     know is refused.
        ///   - sources: The sources; those that come with Postroom unless said.
        ///   - environment: The environment; `nil` is the process's own.
        /// - Throws: ``PostroomServiceError`` with every problem and its line.
        public init(
            file: String?,
            ownSections: Set<String> = [],
            sources: SourceRegistry = .builtIn,
            environment: [String: String]? = nil
        ) throws(PostroomServiceError) {
            let environment = environment ?? ProcessEnvironment.all
            let loader = ConfigurationLoader(
                environment: environment,
                sources: sources,
                ownSections: ownSections
            )
            try self.init(loader.read(file: file), sources, environment)
        }

        /// Reads the keys of the configuration chapter from a reader of swift-configuration, whatever else that knows.
        ///
        /// ```swift
        /// let config = ConfigReader(provider: try await FileProvider<JSONSnapshot>(filePath: "app.json"))
        /// let postroom = try PostroomService.Configuration(
        ///     reading: config.scoped(to: "postroom"),
        ///     endpoints: ["stripe", "partner"],
        ///     forwarders: ["billing-app"]
        /// )
        /// ```
        ///
        /// - Parameters:
        ///   - reader: The reader. Keys that hold a secret, like `database.url`, are read as such.
        ///   - endpoints: The names of the endpoints, which a reader can't list; each one's keys are read under
        ///     `endpoints` and its name.
        ///   - forwarders: The names of the forwarders, each one's keys under `handlers` and its name.
        ///   - sources: The sources; those that come with Postroom unless said.
        ///   - environment: The variables that `env:NAME` secrets mean; `nil` is the process's own.
        /// - Throws: ``PostroomServiceError`` with every problem and its key.
        public init(
            reading reader: ConfigReader,
            endpoints: [EndpointName],
            forwarders: [HandlerName] = [],
            sources: SourceRegistry = .builtIn,
            environment: [String: String]? = nil
        ) throws(PostroomServiceError) {
            let environment = environment ?? ProcessEnvironment.all
            let loader = ConfigurationLoader(environment: environment, sources: sources)
            let values = ReaderValues(reader: reader)
            try self.init(loader.read(values, endpoints: endpoints, forwarders: forwarders), sources, environment)
        }

        private init(
            _ loaded: LoadedConfiguration,
            _ sources: SourceRegistry,
            _ environment: [String: String]
        ) throws(PostroomServiceError) {
            guard sources.problems.isEmpty else {
                throw PostroomServiceError(CommandFailure(.usage, sources.problems.joined(separator: "\n")))
            }
            guard !loaded.problems.hasError else {
                throw PostroomServiceError(CommandFailure(InvalidConfiguration(problems: loaded.problems)))
            }
            self.loaded = loaded
            self.environment = environment
            self.sources = sources
        }
    }
}

/// The values of a reader of swift-configuration, whose providers tell texts from numbers.
private struct ReaderValues: KeyedValues {
    let reader: ConfigReader

    func texts(_ path: [String], isList: Bool, isSecret: Bool) -> [String]? {
        let key = ConfigKey(path)
        if isList, let texts = reader.stringArray(forKey: key, isSecret: isSecret) {
            return texts
        }
        let text =
            reader.string(forKey: key, isSecret: isSecret)
            ?? reader.int(forKey: key, isSecret: isSecret).map(String.init)
            ?? reader.double(forKey: key, isSecret: isSecret).map { "\($0)" }
            ?? reader.bool(forKey: key, isSecret: isSecret).map { "\($0)" }
        return text.map { [$0] }
    }
}
