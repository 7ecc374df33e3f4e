import ArgumentParser
import CLibrary
import PostroomCLI
import PostroomChaos
import PostroomConfiguration
import SystemPackage

/// `postroom chaos`: real faults against real receivers and workers, and a ledger of what came of it.
struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Break everything that can break, and prove that nothing is lost.",
        discussion: """
            Starts receivers and workers, sends them deliveries, and kills, freezes and replaces them, restarts Postgres, \
            cuts connections between a commit and its reply, and so on, in an order that the seed decides. Then it waits \
            until nothing is owed and prints the ledger: exit 0 says that every invariant held.

            Without --database it has a private Postgres. With it, everything happens in a schema of its own, which is \
            dropped afterwards; the server is never restarted, and only connections of this run are ended.
            """
    )

    @Option(name: .long, help: "How long deliveries are sent and faults are made.")
    var minutes = 2.0

    @Option(name: .long, help: "What every random decision comes from (default: a random one, which is told).")
    var seed: UInt64?

    @Option(name: .long, help: "How many deliveries are sent in a second.")
    var rate = 60

    @Option(name: .long, help: "How many private servers share the deliveries; faults hit one at a time.")
    var servers = 1

    @Option(name: .long, help: "By how much every time bound is stretched, for a busy machine.")
    var patience = 1.0

    @Option(
        name: .long,
        help: ArgumentHelp("A staging database to do it to: a libpq connection string.", valueName: "connection")
    )
    var database: String?

    @Flag(name: .long, help: "Confirms that the database that --database names may suffer.")
    var withConsent = false

    @Option(name: .long, help: ArgumentHelp("Where journals and logs are kept.", valueName: "folder"))
    var directory: String?

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    func validate() throws {
        guard minutes > 0, minutes <= 1440 else {
            throw ValidationError("--minutes takes a number above 0, up to 1440, not \(minutes)")
        }
        guard (1...10_000).contains(rate) else {
            throw ValidationError("--rate takes a number from 1 to 10000, not \(rate)")
        }
        guard patience >= 1, patience <= 100 else {
            throw ValidationError("--patience takes a number from 1 to 100, not \(patience)")
        }
        guard (1...8).contains(servers) else {
            throw ValidationError("--servers takes a number from 1 to 8, not \(servers)")
        }
        guard database == nil || servers == 1 else {
            throw ValidationError("--servers starts private servers; leave out --database")
        }
        guard database == nil || withConsent else {
            throw ValidationError(
                "--database needs --with-consent: connections of this run are ended, and its tables are locked, in it"
            )
        }
    }

    func run() async throws {
        let output = CommandOutput.standard(environment: ProgramContext.current.environment)
        let folder = try ChaosFolder(directory)
        var settings = ChaosSettings(
            seed: seed ?? UInt64.random(in: 0...999_999),
            duration: .milliseconds(Int64(minutes * 60_000)),
            folder: folder.path,
            program: try Self.ownProgram()
        )
        settings.rate = rate
        settings.servers = servers
        settings.patience = patience
        if let database {
            let upstream = ConnectionSettings(database)?.upstream
            if upstream == nil {
                output.note("no connections are cut: that takes a connection string of the form 'host=… port=…'")
            }
            settings.database = .external(connectionString: database, upstream: upstream)
        }
        let run = ChaosRun(settings) { output.note($0) }
        let report = try await Interruption.run {
            do {
                return try await run.run()
            } catch let failure as ChaosFailure {
                throw CommandFailure(.failed, failure.description)
            }
        }
        if json {
            output.line(report.json)
        } else {
            report.lines.forEach(output.line)
        }
        guard report.isClean else {
            throw CommandFailure(.failed, "not every invariant held; journals and logs are in \(folder.path)")
        }
        folder.remove()
    }

    /// The path of this very program, whatever name it was started under.
    private static func ownProgram() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) ?? realpath(CommandLine.arguments[0], nil) else {
            throw CommandFailure(.failed, "this program's own path can't be found: \(Errno(rawValue: errno))")
        }
        defer { free(path) }
        return String(cString: path)
    }
}

extension ConnectionSettings {
    /// The address at which a proxy reaches the database; `nil` where that is not said, or there are several hosts.
    fileprivate var upstream: ChaosSettings.Upstream? {
        guard let host = value(of: "host"), !host.isEmpty, !host.contains(",") else { return nil }
        guard let port = Int(value(of: "port") ?? "5432") else { return nil }
        return host.hasPrefix("/") ? .unixSocket(path: "\(host)/.s.PGSQL.\(port)") : .tcp(host: host, port: port)
    }
}

/// The folder of a run's files: the one that was asked for, which is kept, or a temporary one.
struct ChaosFolder {
    let path: String
    private let isTemporary: Bool

    /// Makes the folder.
    ///
    /// - Throws: ``CommandFailure`` where it can't be made or is not empty.
    init(_ asked: String?) throws {
        if let asked {
            isTemporary = false
            guard mkdir(asked, 0o700) == 0 || errno == EEXIST, let real = realpath(asked, nil) else {
                throw CommandFailure(.failed, "the folder \(asked) can't be made: error \(errno)")
            }
            defer { free(real) }
            path = String(cString: real)
            guard Self.entries(of: path).isEmpty else {
                throw CommandFailure(.usage, "the folder \(asked) is not empty; name another one")
            }
        } else {
            isTemporary = true
            var template = Array("/tmp/postroom-chaos-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else {
                throw CommandFailure(.failed, "no temporary folder can be made: error \(errno)")
            }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// Removes a temporary folder with what is in it.
    func remove() {
        guard isTemporary else { return }
        for entry in Self.entries(of: path) {
            unlink("\(path)/\(entry)")
        }
        rmdir(path)
    }

    private static func entries(of path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." {
                names.append(name)
            }
        }
        return names
    }
}
