import ArgumentParser
import PostroomConfiguration
import PostroomCore

/// `postroom config`: the settings of the program.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check or show the configuration.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self]
    )
}

/// `postroom config check`.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration and the secrets it refers to, without using any of it.",
        discussion: "Every problem is told with its place; the exit status is 64 then."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let loaded = common.read()
        let problems = Self.problems(of: loaded, environment: ProgramContext.current.environment)
        guard !problems.hasError else { throw CommandFailure(InvalidConfiguration(problems: problems)) }
        try CommandOutput.write { output in
            for warning in problems {
                output.note(warning.description)
            }
            Self.write(loaded, to: output)
        }
    }

    /// Finds everything that is wrong: with the keys, and with the secrets and addresses of those endpoints and forwarders
    /// whose keys are right.
    static func problems(of loaded: LoadedConfiguration, environment: [String: String]) -> [ConfigurationProblem] {
        let sources = ProgramContext.current.sources
        let assembled = EndpointAssembly.assemble(loaded, sources: sources, environment: environment)
        let access = ConsoleAssembly.access(loaded, environment: environment)
        let forwarders = ForwarderAssembly.assemble(loaded, environment: environment)
        return (loaded.problems + assembled.problems + forwarders.problems + access.problems).inOrder
    }

    /// Writes a summary of a configuration that is in order.
    static func write(_ loaded: LoadedConfiguration, to output: CommandOutput) {
        let endpoints = loaded.configuration.endpoints
        let file = loaded.file.map { "\(EscapedText.of($0)): " } ?? ""
        let forwarders = loaded.configuration.forwarders
        let counts =
            [Plural.of(endpoints.count, "endpoint", "endpoints")]
            + (forwarders.isEmpty ? [] : [Plural.of(forwarders.count, "forwarder", "forwarders")])
        output.line("\(file)ok, \(counts.joined(separator: ", "))")
        if !endpoints.isEmpty {
            output.list(endpoints, columns, asJSON: false, ifEmpty: "")
        }
        if !forwarders.isEmpty {
            output.list(forwarders, forwarderColumns, asJSON: false, ifEmpty: "")
        }
    }

    private static let columns: [Column<EndpointSettings>] = [
        Column("endpoint", value: { .string($0.name.rawValue) }),
        Column("source", value: { .string($0.source.rawValue) }),
        Column("secrets", value: { .array($0.secrets.map { .string($0.description) }) }),
    ]

    private static let forwarderColumns: [Column<ForwarderSettings>] = [
        Column("forwarder", value: { .string($0.name.rawValue) }),
        Column("kind", value: { .string(orNull: $0.kinds.first?.rawValue) }),
        Column("events", widest: 60, value: { .array($0.events.map { .string($0.description) }) }),
    ]
}

/// `postroom config show`.
struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every key with its value, its default, its range, and the place where the value was given.",
        discussion: """
            No secret is shown: of a connection string only what is known to be harmless, and of an endpoint's secrets \
            the references.
            """
    )

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    @Flag(name: .long, help: "Print the reference of all keys as a chapter of Markdown; no configuration is read.")
    var markdown = false

    func validate() throws {
        if markdown, json {
            throw ValidationError("--markdown prints the reference; leave out --json")
        }
    }

    func run() async throws {
        guard !markdown else {
            return try CommandOutput.write { $0.raw(Array(ConfigurationReference.chapter.utf8)) }
        }
        let settings = try common.load().effectiveSettings
        try CommandOutput.write { Self.write(settings, to: $0, asJSON: json) }
    }

    /// Writes the settings for people or machines; machines also get what each is for.
    static func write(_ settings: [EffectiveSetting], to output: CommandOutput, asJSON: Bool) {
        guard asJSON else { return output.list(settings, columns, asJSON: false, ifEmpty: "") }
        output.json(
            .array(
                settings.map { setting in
                    columns.object(setting)
                        .adding([
                            JSONTree.Member("variable", .string(setting.key.variable)),
                            JSONTree.Member("expects", .string(setting.key.expectation)),
                            JSONTree.Member("summary", .string(setting.key.summary)),
                        ])
                }
            )
        )
    }

    private static let columns: [Column<EffectiveSetting>] = [
        Column("key", value: { .string($0.key.path) }),
        Column(
            "value",
            widest: 60,
            value: { value(of: $0) },
            text: { $0.values.isEmpty ? "–" : $0.values.joined(separator: ", ") },
            style: { $0.place == .nowhere ? .dim : nil }
        ),
        .optional("default", widest: 32) { $0.key.standard },
        Column("range", widest: 56, value: { .string($0.key.range) }),
        Column("from", value: { .string($0.origin) }),
    ]

    private static func value(of setting: EffectiveSetting) -> JSONTree {
        setting.isList ? .array(setting.values.map { .string($0) }) : .string(orNull: setting.values.first)
    }
}
