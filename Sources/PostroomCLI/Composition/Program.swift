package import ArgumentParser
import CLibrary
import Logging
package import PostroomCore
package import PostroomSources
import PostroomWorker
package import ServiceLifecycle

/// The start of every program: the command line is read, and the verb runs.
package enum ProgramEntry {
    /// Runs the verb that the command line names, and returns or ends the process with its exit status.
    ///
    /// - Parameters:
    ///   - verbs: The verbs that only this program has.
    ///   - sources: The sources that it knows.
    ///   - sections: The sections of the configuration file that are the program's own.
    ///   - telemetry: Sets up the program's own logging and metrics, and names them; only verbs that run handlers call it,
    ///     before everything else.
    ///   - make: Makes the program; only verbs that run handlers call it.
    package static func run(
        verbs: [any ParsableCommand.Type] = [],
        sources: SourceRegistry = .builtIn,
        sections: Set<String> = [],
        telemetry: @escaping @Sendable () async throws -> ProgramTelemetry = { ProgramTelemetry() },
        make: @escaping @Sendable () async throws -> ProgramParts = { ProgramParts() }
    ) async {
        var context = begin(sections, telemetry)
        context.verbs = verbs
        context.sources = sources
        context.make = make
        await run(context)
    }

    /// Makes the program, whose sources only an instance knows, runs the verb that the command line names, and returns or
    /// ends the process with its exit status.
    ///
    /// - Parameters:
    ///   - sections: The sections of the configuration file that are the program's own.
    ///   - telemetry: Sets up the program's own logging and metrics, and names them.
    ///   - first: Makes the program; returns its sources, and the rest of it for verbs that run handlers.
    package static func run(
        sections: Set<String>,
        telemetry: @escaping @Sendable () async throws -> ProgramTelemetry,
        first: () async throws -> (sources: SourceRegistry, make: @Sendable () throws -> ProgramParts)
    ) async {
        var context = begin(sections, telemetry)
        do throws(CommandFailure) {
            let systems = try await context.starting(telemetry)
            context.telemetry = { systems }
            let program = try await context.starting(first)
            context.sources = program.sources
            context.make = program.make
        } catch {
            ProgramContext.$current.withValue(context) { end(error) }
        }
        await run(context)
    }

    private static func begin(
        _ sections: Set<String>,
        _ telemetry: @escaping @Sendable () async throws -> ProgramTelemetry
    ) -> ProgramContext {
        // A peer that closes its end of a pipe or socket is an error to handle, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        var context = ProgramContext()
        context.path = CommandLine.arguments.first ?? context.path
        context.name = context.path.split(separator: "/").last.map(String.init) ?? context.name
        context.environment = ProcessEnvironment.all
        context.sections = sections
        context.telemetry = telemetry
        return context
    }

    private static func run(_ context: ProgramContext) async {
        await ProgramContext.$current.withValue(context) {
            await runVerb(Array(CommandLine.arguments.dropFirst()))
        }
    }

    private static func runVerb(_ arguments: [String]) async {
        do {
            var command = try RootCommand.parseAsRoot(arguments)
            let problems = ProgramContext.current.sources.problems
            guard problems.isEmpty else { throw CommandFailure(.usage, problems.joined(separator: "\n")) }
            if var verb = command as? any AsyncParsableCommand {
                try await verb.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            end(failure)
        } catch {
            // The parser knows its own errors and their exit statuses; all others are told as they are.
            guard RootCommand.exitCode(for: error) == .failure, !(error is ExitCode) else {
                RootCommand.exit(withError: error)
            }
            end(CommandFailure(.failed, "\(error)"))
        }
    }

    private static func end(_ failure: CommandFailure) -> Never {
        CommandOutput.standard(environment: ProgramContext.current.environment).error(failure.message)
        exit(failure.status.rawValue)
    }
}

/// The parts of a program that its author wrote.
package struct ProgramParts: Sendable {
    /// The handlers.
    package var handlers: HandlerRegistry
    /// The services that the handlers need.
    package var services: [any Service]
    /// Told of every attempt of its handlers that ended.
    var observer: EndedAttempt.Observer?
    /// The sources that it knows.
    package var sources: SourceRegistry

    /// Puts the parts together.
    package init(
        handlers: HandlerRegistry = HandlerRegistry(),
        services: [any Service] = [],
        sources: SourceRegistry = .builtIn
    ) {
        self.handlers = handlers
        self.services = services
        self.sources = sources
    }
}

/// The failure of a verb.
package struct CommandFailure: Error {
    /// The exit status.
    package let status: ExitStatus
    /// The problem and the advice, for people.
    package let message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

/// The program that a verb runs in.
package struct ProgramContext: Sendable {
    /// The name under which it was started.
    package var name = "postroom"
    /// The path under which it was started, for lines that a person can copy.
    package var path = "postroom"
    /// Makes the parts that its author wrote.
    var make: @Sendable () async throws -> ProgramParts = { ProgramParts() }
    /// Sets up its own logging and metrics, and names them.
    var telemetry: @Sendable () async throws -> ProgramTelemetry = { ProgramTelemetry() }
    /// The sections of the configuration file that are its own.
    var sections: Set<String> = []
    /// The sources that it knows.
    package var sources = SourceRegistry.builtIn
    /// The verbs that only this program has.
    var verbs: [any ParsableCommand.Type] = []
    /// The environment variables.
    package var environment: [String: String] = [:]

    /// The program whose verb runs now.
    @TaskLocal package static var current = ProgramContext()

    /// Makes the parts that the program's author wrote.
    ///
    /// - Throws: ``CommandFailure`` with the author's error in one line.
    func makeProgram() async throws -> ProgramParts {
        var program = try await starting(make)
        program.sources = sources
        return program
    }

    /// Sets up logging and metrics: the program's own, and Postroom's for what it has not.
    ///
    /// - Parameter logger: The logger of the configuration.
    /// - Returns: Where everything is logged and counted.
    /// - Throws: ``CommandFailure`` with the author's error in one line.
    func bootstrapTelemetry(_ logger: Logger) async throws -> Telemetry {
        Telemetry.bootstrap(logger, own: try await starting(telemetry))
    }

    /// Returns what a part of the author's code makes.
    ///
    /// - Throws: ``CommandFailure`` with the author's error in one line.
    func starting<Part>(_ part: () async throws -> Part) async throws(CommandFailure) -> Part {
        do {
            return try await part()
        } catch {
            throw CommandFailure(.failed, "the program can't start: \(EscapedText.of("\(error)"))")
        }
    }
}

/// The environment variables of this process.
package enum ProcessEnvironment {
    /// All of them, as they are now.
    package static var all: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 {
                variables[String(pair[0])] = String(pair[1])
            }
            entry += 1
        }
        return variables
    }
}
