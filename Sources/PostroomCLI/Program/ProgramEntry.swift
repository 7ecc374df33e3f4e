package import ArgumentParser
package import PostroomCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where every program begins: its handlers are registered, the command line is read, and the verb runs.
package enum ProgramEntry {
    /// Runs the verb that the command line names, and returns or ends the process with its exit status.
    ///
    /// - Parameters:
    ///   - verbs: The verbs that only this program has.
    ///   - register: Registers the program's handlers.
    package static func run(
        verbs: [any ParsableCommand.Type] = [],
        register: (inout HandlerRegistry) -> Void
    ) async {
        // A peer that closes its end of a pipe or socket is an error to handle, not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        var context = ProgramContext()
        context.path = CommandLine.arguments.first ?? context.path
        context.name = context.path.split(separator: "/").last.map(String.init) ?? context.name
        context.environment = ProcessEnvironment.all
        context.verbs = verbs
        register(&context.handlers)
        await ProgramContext.$current.withValue(context) {
            await runVerb(Array(CommandLine.arguments.dropFirst()))
        }
    }

    private static func runVerb(_ arguments: [String]) async {
        do {
            var command = try RootCommand.parseAsRoot(arguments)
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

/// Why a verb did not do what was asked.
package struct CommandFailure: Error {
    /// What the caller is told.
    package let status: ExitStatus
    /// What went wrong and what to do, for people.
    package let message: String

    package init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}
