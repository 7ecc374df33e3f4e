import ArgumentParser
import PostroomConfiguration
import PostroomCore
import PostroomReceiver

/// `postroom config check`.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration and the secrets it refers to, without using any of it.",
        discussion: "Every problem is told with its place; the exit status is 64 then."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let environment = ProgramContext.current.environment
        let loaded = try common.load()
        let warnings: [ConfigurationProblem]
        do throws(InvalidConfiguration) {
            warnings = try loaded.resolveSecrets(environment: environment).warnings
            _ = try EndpointAssembly.endpoints(loaded, environment: environment)
        } catch {
            throw CommandFailure(error)
        }
        try CommandOutput.write { output in
            for warning in warnings {
                output.note(warning.description)
            }
            Self.write(loaded, to: output)
        }
    }

    /// Writes what was found to be in order.
    static func write(_ loaded: LoadedConfiguration, to output: CommandOutput) {
        let endpoints = loaded.configuration.endpoints
        let file = loaded.file.map { "\(EscapedText.of($0)): " } ?? ""
        output.line("\(file)ok, \(Plural.of(endpoints.count, "endpoint", "endpoints"))")
        if !endpoints.isEmpty {
            output.list(endpoints, columns, asJSON: false, ifEmpty: "")
        }
    }

    private static let columns: [Column<EndpointSettings>] = [
        Column("endpoint", value: { .string($0.name.rawValue) }),
        Column("source", value: { .string($0.source.rawValue) }),
        Column("secrets", value: { .array($0.secrets.map { .string($0.description) }) }),
    ]
}
