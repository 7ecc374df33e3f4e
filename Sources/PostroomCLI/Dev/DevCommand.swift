import ArgumentParser
import CoreMetrics
import Logging
import PostgresClient
import PostroomConfiguration
import PostroomCore
import PostroomInbox
import PrivatePostgres
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `postroom dev`: everything on one machine, to try it out.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Run everything here: a private Postgres, one endpoint per source, demo handlers.",
        discussion: """
            The data is kept in .postroom/ until that folder is removed. Ctrl-C ends all of it, Postgres included. No variable
            of the environment leads it to another database: POSTROOM_… and libpq's own are not used.
            """
    )

    @Option(name: .long, help: "The port to receive on; 0 takes any that is free.")
    var port = 8080

    @Option(name: .long, help: "The port of metrics and health; 0 takes any that is free.")
    var adminPort = 8081

    @Option(name: .long, help: ArgumentHelp("Where the data is kept.", valueName: "folder"))
    var directory = ".postroom"

    @Flag(
        name: .long,
        help: "Send one delivery per source, replay one dead letter, and end: exit 0 says that all worked."
    )
    var smoke = false

    @Option(name: .long, help: "The least level to log.", transform: LogLevelText.read)
    var logLevel: Logger.Level = .warning

    func run() async throws {
        var context = ProgramContext.current
        let unused = Self.unused(of: context.environment)
        context.environment = context.environment.filter { !unused.contains($0.key) }
        try await ProgramContext.$current.withValue(context) {
            try await run(without: unused)
        }
    }

    /// The variables that would win over what is generated here.
    static func unused(of environment: [String: String]) -> [String] {
        environment.keys
            .filter { $0.hasPrefix(EnvironmentName.prefix) || LibpqEnvironment.names.contains($0) }
            .sorted()
    }

    private func run(without unused: [String]) async throws {
        let output = CommandOutput.standard(environment: ProgramContext.current.environment)
        if !unused.isEmpty {
            output.note("not used here: \(unused.joined(separator: ", "))")
        }
        let setup = DevSetup(folder: try absolute(FilePath(directory)))
        output.note("starting a private Postgres in \(setup.folder)")
        let server: PrivatePostgres
        do {
            server = try await PrivatePostgres.start(.init(directory: setup.serverFolder.string, durable: true))
        } catch {
            throw CommandFailure(.failed, error.description)
        }
        do {
            try await serve(setup, server, output, unused)
            await server.stop()
        } catch {
            await server.stop()
            throw error
        }
        output.note("ended, Postgres included")
    }

    private func serve(
        _ setup: DevSetup,
        _ server: PrivatePostgres,
        _ output: CommandOutput,
        _ unused: [String]
    ) async throws {
        try setup.write(
            connectionString: server.connectionString,
            port: smoke ? 0 : port,
            adminPort: smoke ? 0 : adminPort
        )
        var options = CommonOptions()
        options.config = setup.configurationFile.string
        options.logFormat = nil
        options.logLevel = logLevel
        let loaded = try options.load()
        let logger = options.logger(loaded.configuration)
        let migrator = Migrator(
            configuration: try InboxConfiguration(loaded.configuration.database),
            loop: PollLoop(),
            logger: logger
        )
        _ = try await migrator.migrate()
        let demo = DevHandlers()
        var handlers = ProgramContext.current.handlers
        demo.register(on: &handlers)
        let stack = try ServeStack(loaded, role: .all, handlers: handlers, logger: logger)
        LoggingSystem.bootstrap { _ in logger.handler }
        MetricsSystem.bootstrap(stack.metrics)
        let session = DevSession(stack: stack, setup: setup, demo: demo, output: output, unused: unused)
        try await (smoke ? session.smoke() : session.show())
    }

    private func absolute(_ path: FilePath) throws -> FilePath {
        guard path.isRelative else { return path }
        // Not PWD, which a shell may have left from elsewhere.
        guard let here = getcwd(nil, 0) else {
            throw CommandFailure(.failed, "the working directory does not exist any more; name another by --directory")
        }
        defer { free(here) }
        return FilePath(platformString: here).pushing(path).lexicallyNormalized()
    }
}
