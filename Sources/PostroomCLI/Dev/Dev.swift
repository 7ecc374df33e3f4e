import ArgumentParser
import CLibrary
import FoundationEssentials
import Logging
import PostgresClient
import PostroomConfiguration
import PostroomCore
import PostroomInbox
import PostroomSources
import PrivatePostgres
import SystemPackage

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
            configuration: loaded.configuration.database,
            loop: PollLoop(),
            logger: logger
        )
        _ = try await migrator.migrate()
        let context = ProgramContext.current
        let telemetry = try await context.bootstrapTelemetry(logger)
        let demo = DevHandlers()
        var program = try await context.makeProgram()
        demo.register(on: &program.handlers)
        program.observer = demo.observe
        let stack = try ServeStack(
            loaded,
            role: .all,
            program: program,
            telemetry: telemetry,
            environment: context.environment
        )
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

/// The files of the development setup, under `.postroom/`: the server's data, a configuration that any verb can be given,
/// and the secrets that it refers to.
struct DevSetup {
    /// The folder.
    let folder: FilePath

    /// The configuration file.
    var configurationFile: FilePath {
        folder.appending("postroom.yaml")
    }

    /// The folder of the server's data.
    var serverFolder: FilePath {
        folder.appending("postgres")
    }

    /// Writes the configuration, and the secrets as files that only this user can read.
    ///
    /// - Parameters:
    ///   - connectionString: The connection string of the private server.
    ///   - port: The port to receive on, 0 for any that is free.
    ///   - adminPort: The port of metrics and health, 0 for any that is free.
    /// - Throws: ``CommandFailure`` where a file can't be written, or a configuration can't name the folder.
    func write(connectionString: String, port: Int, adminPort: Int) throws {
        guard folder.string.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            let advice = "the folder's path has control characters, which no configuration can name; choose another"
            throw CommandFailure(.usage, advice)
        }
        try makeFolder(folder)
        try makeFolder(folder.appending("secrets"))
        var endpoints = ""
        for (source, secret) in DevSecrets(ProgramContext.current.sources).all {
            let file = folder.appending("secrets").appending(source.rawValue)
            try write(secret + "\n", to: file)
            endpoints += "  \(source): {source: \(source), secrets: [\(Self.yaml("file:\(file)"))]}\n"
        }
        try write(
            """
            # Written by `dev`: for its private Postgres, with secrets that anybody can know.
            database: {url: \(Self.yaml(connectionString))}
            receiver: {host: 127.0.0.1, port: \(port)}
            admin: {host: 127.0.0.1, port: \(adminPort)}
            endpoints:
            \(endpoints)
            """,
            to: configurationFile
        )
    }

    /// A text in double quotes, as YAML takes it, in plain characters.
    static func yaml(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            if scalar == "\"" || scalar == "\\" { return "\\\(scalar)" }
            guard !(0x20..<0x7F).contains(scalar.value) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"" + escaped.joined() + "\""
    }

    private func makeFolder(_ path: FilePath) throws {
        guard path.withPlatformString({ mkdir($0, 0o755) }) != 0, errno != EEXIST else { return }
        throw CommandFailure(.failed, "the folder \(path) can't be made: \(Errno(rawValue: errno))")
    }

    private func write(_ text: String, to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate],
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch {
            throw CommandFailure(.failed, "the file \(path) can't be written: \(error)")
        }
    }
}

/// The secrets of the development setup's endpoints, which anybody can know.
///
/// `postroom dev` gives each source an endpoint of the same name with its secret, and `postroom send` signs with it. They
/// guard nothing; never use one for an endpoint that others can reach.
struct DevSecrets {
    private let sources: SourceRegistry

    /// Makes the secrets of sources.
    init(_ sources: SourceRegistry) {
        self.sources = sources
    }

    /// Each source whose scheme is known, with its secret as its producer would show it.
    var all: [(source: Source, text: String)] {
        sources.definitions.compactMap { definition in
            Self.text(of: definition).map { (definition.source, $0) }
        }
    }

    /// The secret of a source, as its producer would show it.
    func text(of source: Source) -> String? {
        sources.definition(of: source).flatMap(Self.text)
    }

    private static func text(of definition: SourceDefinition) -> String? {
        let plain = "postroom-dev-\(definition.source)-secret"
        switch definition.scheme {
        case .configured: return nil
        case .standardWebhooks: return "whsec_" + Data(key(definition.source)).base64EncodedString()
        case .code: return plain
        case .row(let scheme):
            let key = scheme.algorithm == .ed25519 ? ed25519Key : key(definition.source)
            switch scheme.keyForm {
            case .text: return scheme.algorithm == .ed25519 ? Hexadecimal.encode(key) : plain
            case .hexadecimal: return Hexadecimal.encode(key)
            case .base64: return Data(key).base64EncodedString()
            }
        }
    }

    /// 32 bytes that say what they are.
    private static func key(_ source: Source) -> [UInt8] {
        let words = Array("postroom dev \(source) secret".utf8)
        return Array((words + [UInt8](repeating: UInt8(ascii: "."), count: max(0, 32 - words.count))).prefix(32))
    }

    /// A private key of Ed25519 with its public half, so that `send` can sign as a producer with such keys does.
    ///
    /// Its first half is the text `postroom dev discord secret.....`.
    private static let ed25519Key =
        Hexadecimal.decode(
            ("706f7374726f6f6d2064657620646973636f7264207365637265742e2e2e2e2e"
                + "d632243a41bd50024bd851088b92b9aefeb3fc2069f071be9d63d52c990afc14")
                .utf8
        ) ?? []
}
