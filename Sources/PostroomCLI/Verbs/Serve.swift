import ArgumentParser
import PostroomConfiguration

/// `postroom serve`: receives and works until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive deliveries, and run this program's handlers on them.",
        discussion: """
            SIGTERM and SIGINT end it gracefully: nothing new is taken, what runs may finish, and what is left is given back.
            """
    )

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: "What to do: all, receiver or worker.")
    var role: ServeRole = .all

    func run() async throws {
        let loaded = try common.load()
        let logger = common.logger(loaded.configuration)
        let context = ProgramContext.current
        let telemetry = try await context.bootstrapTelemetry(logger)
        let program = try await context.makeProgram()
        let stack = try ServeStack(
            loaded,
            role: role,
            program: program,
            telemetry: telemetry,
            environment: context.environment
        )
        try await stack.run()
    }
}

extension ServeRole: ExpressibleByArgument {}
