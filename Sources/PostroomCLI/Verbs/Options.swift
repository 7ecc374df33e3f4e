package import ArgumentParser
package import Logging
import PostgresClient
package import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// The options of every verb that needs a configuration.
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

    /// Loads the configuration, with the log as the command line wants it, and tells of warnings.
    ///
    /// - Throws: ``CommandFailure`` that names every problem with its place.
    package func load() throws -> LoadedConfiguration {
        let loaded = read()
        guard !loaded.problems.hasError else { throw CommandFailure(InvalidConfiguration(problems: loaded.problems)) }
        let output = CommandOutput.standard(environment: ProgramContext.current.environment)
        for warning in loaded.problems {
            output.note(warning.description)
        }
        return loaded
    }

    /// Reads as much of the configuration as can be read, with everything that is wrong with it.
    func read() -> LoadedConfiguration {
        let environment = ProgramContext.current.environment
        var loaded = ConfigurationLoader(
            environment: environment,
            sources: ProgramContext.current.sources,
            ownSections: ProgramContext.current.sections
        )
        .read(file: config)
        if let logFormat {
            loaded.configuration.log.format = logFormat
            loaded.places["log.format"] = .option("--log-format")
        }
        if let logLevel {
            loaded.configuration.log.level = logLevel
            loaded.places["log.level"] = .option("--log-level")
        }
        return loaded
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
    package init(_ invalid: InvalidConfiguration) {
        self.init(.usage, "the configuration can't be used\n\(invalid)")
    }
}

/// The options of verbs that ask the database.
struct InboxOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: "Only this server, by its number, where there are several (database.urls).")
    var server: Int?

    /// Runs a body with a connected inbox whose schema fits: the only one, or that of the chosen server.
    ///
    /// - Throws: ``CommandFailure`` where the database can't be reached (try again), its schema does not fit, or it
    ///   refused; and where there are several servers and none was chosen.
    func withInbox<Value: Sendable>(_ body: @Sendable (Inbox) async throws -> Value) async throws -> Value {
        let configuration = try common.load().configuration
        let places = try Self.places(configuration.database, chosen: server)
        guard places.count == 1 else {
            throw CommandFailure(
                .usage,
                "there are several servers, and this asks one of them: say which with --server"
            )
        }
        return try await Self.withInbox(places[0], logger: common.quietLogger(configuration), body)
    }

    /// Runs a body with a connected inbox whose schema fits.
    static func withInbox<Value: Sendable>(
        _ database: InboxConfiguration,
        logger: Logger,
        _ body: @Sendable (Inbox) async throws -> Value
    ) async throws -> Value {
        let inbox = Inbox(configuration: database, loop: PollLoop(), logger: logger)
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

/// The options of every list.
struct ListOptions: ParsableArguments {
    @Option(name: .long, help: "The most to list, newest first.")
    var limit = 50

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to 1000000, not \(limit)")
        }
    }
}

/// The notice of a list that gave up before its end.
enum SearchNotice {
    /// Fails where a search gave up, after what it found was written: a short list must not pass for a whole one.
    ///
    /// - Parameters:
    ///   - listing: The listing, which may have stopped early.
    ///   - limit: The number that was wanted.
    ///   - things: The noun, in the plural.
    /// - Throws: ``CommandFailure`` with the status that asks to try again, and with what to add to the command.
    static func check<Element>(_ listing: Listing<Element>, limit: Int, _ things: String) throws {
        guard let stop = listing.stop else { return }
        throw CommandFailure(.tryAgain, text(found: listing.found.count, limit: limit, stop, things))
    }

    /// The same in words.
    static func text(found: Int, limit: Int, _ stop: SearchStop, _ things: String) -> String {
        """
        stopped after looking at \(HumanText.count(stop.looked)) \(things), with \(found) of \(limit) found; there may be \
        more: go on with --before \(stop.before), or narrow it with --since and --until
        """
    }
}

/// The options of verbs that show one thing with a body.
struct ShowOptions: ParsableArguments {
    @Flag(name: .long, help: "Print nothing but the body, with ••• in place of sensitive values.")
    var body = false

    @Flag(name: .long, help: "Print JSON: one object, with --body also the body.")
    var json = false

    @Flag(name: .long, help: "With --body: the body byte for byte as it was received.")
    var showSensitive = false

    func validate() throws {
        guard body || !showSensitive else {
            throw ValidationError("--show-sensitive is about the body; give --body too")
        }
    }

    /// The form in which the body is shown.
    var form: ShownBody.Form {
        showSensitive ? .received : .redacted
    }
}

/// The options of every verb that changes many things at once.
struct ActionOptions: ParsableArguments {
    @Flag(name: .long, help: "Act without a filter, on everything.")
    var all = false

    @Flag(name: .long, help: "Change nothing; say how many would be changed.")
    var dryRun = false

    /// Refuses to act on everything unless that was said.
    ///
    /// - Parameters:
    ///   - isFiltered: True where a filter was given.
    ///   - things: The noun, in the plural.
    ///   - filters: The filters that there are.
    /// - Throws: `ValidationError`.
    func checkScope(isFiltered: Bool, _ things: String, _ filters: String) throws {
        guard isFiltered || all else {
            throw ValidationError("nothing says which \(things) are meant: give a filter (\(filters)), or --all")
        }
    }
}

/// A body that a person gives to a verb.
enum GivenBody {
    /// The most bytes that are read.
    private static let longest = 64 << 20

    /// Reads a body.
    ///
    /// - Parameter path: The path of a file, or `-` for standard input.
    /// - Returns: Its bytes.
    /// - Throws: ``CommandFailure`` that names the file where it can't be read, or is longer than 64 MiB.
    static func read(_ path: String) throws -> [UInt8] {
        do throws(FileProblem) {
            return try BoundedFile(reading: path == "-" ? "/dev/stdin" : path, limit: longest).bytes
        } catch {
            let name = path == "-" ? "standard input" : EscapedText.of(path)
            throw CommandFailure(.usage, "\(name) can't be read: \(error.reason)")
        }
    }
}
