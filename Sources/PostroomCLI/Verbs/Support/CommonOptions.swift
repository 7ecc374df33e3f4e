package import ArgumentParser
package import Logging
import PostgresClient
package import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// What every verb that needs a configuration takes.
package struct CommonOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The configuration file (default: POSTROOM_CONFIG, else none).", valueName: "file")
    )
    package var config: String?

    @Option(name: .long, help: "The form of log lines: text or json.")
    package var logFormat: LogFormat?

    @Option(
        name: .long,
        help: "The least level to log: trace, debug, info, notice, warning, error or critical.",
        transform: LogLevelText.read
    )
    package var logLevel: Logger.Level?

    package init() {}

    /// Reads the configuration with what the command line says of the log.
    ///
    /// - Throws: ``CommandFailure`` that names every problem with its place.
    package func load() throws -> LoadedConfiguration {
        let loader = ConfigurationLoader(
            environment: ProgramContext.current.environment,
            sources: EndpointAssembly.traits
        )
        do throws(InvalidConfiguration) {
            var loaded = try loader.load(file: config)
            loaded.configuration.log.format = logFormat ?? loaded.configuration.log.format
            loaded.configuration.log.level = logLevel ?? loaded.configuration.log.level
            let output = CommandOutput.standard(environment: loader.environment)
            for warning in loaded.warnings {
                output.note(warning.description)
            }
            return loaded
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The logger of a verb that serves: it tells what the configuration asks for.
    package func logger(_ configuration: ProgramConfiguration) -> Logger {
        LogSetup(configuration.log, environment: ProgramContext.current.environment).logger(label: "postroom")
    }

    /// The logger of a verb that answers a question: it tells errors, unless the command line asks for more, because
    /// the verb itself says what failed.
    func quietLogger(_ configuration: ProgramConfiguration) -> Logger {
        var settings = configuration.log
        settings.level = logLevel ?? max(settings.level, .error)
        return LogSetup(settings, environment: ProgramContext.current.environment).logger(label: "postroom")
    }
}

extension LogFormat: ExpressibleByArgument {}

/// The names of log levels on the command line.
package enum LogLevelText {
    /// Reads a name.
    ///
    /// - Throws: `ValidationError` that lists the names.
    package static func read(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is no log level; they are \(names)")
        }
        return level
    }
}

extension CommandFailure {
    /// A configuration that can't be used, with everything that is wrong with it.
    init(_ invalid: InvalidConfiguration) {
        self.init(.usage, "the configuration can't be used\n\(invalid)")
    }
}

/// What verbs take that ask the database.
struct InboxOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    /// Runs a body with a connected inbox whose schema fits.
    ///
    /// - Throws: ``CommandFailure`` where the database can't be reached (try again), its schema does not fit, or it
    ///   refused.
    func withInbox<Value: Sendable>(_ body: @Sendable (Inbox) async throws -> Value) async throws -> Value {
        let configuration = try common.load().configuration
        return try await Self.withInbox(configuration, logger: common.quietLogger(configuration), body)
    }

    /// Runs a body with a connected inbox whose schema fits.
    static func withInbox<Value: Sendable>(
        _ configuration: ProgramConfiguration,
        logger: Logger,
        _ body: @Sendable (Inbox) async throws -> Value
    ) async throws -> Value {
        let settings = try InboxConfiguration(configuration.database)
        let inbox = Inbox(configuration: settings, loop: PollLoop(), logger: logger)
        do {
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await inbox.runForAdministration() }
                try await InboxReadiness.check(inbox, within: .seconds(10))
                let value = try await body(inbox)
                group.cancelAll()
                return value
            }
        } catch let error as QueueError {
            throw CommandFailure(error.kind == .unavailable ? .tryAgain : .failed, error.description)
        }
    }
}

extension InboxConfiguration {
    /// What the configuration says of the database.
    init(_ settings: DatabaseSettings) throws {
        guard let schema = SchemaName(settings.schema) else {
            throw CommandFailure(.usage, "database.schema: '\(settings.schema)' is not a plain identifier")
        }
        self.init(
            connectionString: settings.url.value,
            schema: schema,
            intakeConnections: settings.intakeConnections,
            dispatchConnections: settings.dispatchConnections,
            statementTimeout: settings.statementTimeout,
            pooling: settings.pooling
        )
    }
}

/// Checks of numbers on the command line.
package enum OptionRange {
    /// Checks a number.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    package static func check(_ option: String, _ number: Int, _ range: ClosedRange<Int>) throws {
        guard !range.contains(number) else { return }
        throw ValidationError(
            "\(option) takes a number from \(range.lowerBound) to \(range.upperBound), not \(number)"
        )
    }
}
