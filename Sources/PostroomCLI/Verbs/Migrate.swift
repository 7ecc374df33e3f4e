import ArgumentParser
import Logging
import PostgresClient
import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// `postroom migrate`: makes the schema or brings it up to date.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Make the schema, or bring it up to date.",
        discussion: """
            Migrations are numbered and go forward only. Any number of processes may run this at once, and programs of the \
            version before go on working meanwhile. Where there are several servers, each is migrated and gets the number of \
            its place in database.urls, which is checked from then on.
            """
    )

    @OptionGroup var common: CommonOptions

    @Flag(
        name: [.customLong("check"), .customLong("dry-run")],
        help: "Change nothing; exit with 1 where a migration is missing."
    )
    var check = false

    func run() async throws {
        let configuration = try common.load().configuration
        let logger = common.quietLogger(configuration)
        let output = CommandOutput.standard(environment: ProgramContext.current.environment)
        let joining = await ServerMigration.joiningTime(configuration.database, logger: logger)
        var failures: [CommandFailure] = []
        // One server that is down must not keep the others from their migrations.
        for database in configuration.database.places {
            let migrator = Migrator(configuration: database, loop: PollLoop(), logger: logger)
            let prefix = database.place.map { "\($0): " } ?? ""
            do {
                if check {
                    try await Self.check(migrator, number: database.number)
                } else {
                    for note in try await Self.migrate(migrator, joining: joining) {
                        output.note(prefix + note)
                    }
                }
            } catch let failure as CommandFailure {
                failures.append(CommandFailure(failure.status, prefix + failure.message))
            }
        }
        guard let worst = failures.first(where: { $0.status != .tryAgain }) ?? failures.first else { return }
        throw CommandFailure(worst.status, failures.map(\.message).joined(separator: "\n"))
    }

    /// Brings one server's schema up to date.
    ///
    /// - Returns: The changes, a line each.
    /// - Throws: ``CommandFailure``.
    static func migrate(_ migrator: Migrator, joining: Timestamp? = nil) async throws -> [String] {
        try await inCommandTerms {
            let applied = try await migrator.migrate(joining: joining)
            guard applied.isEmpty, case .compatible(let version) = try await migrator.state() else {
                return applied.map { "applied \($0)" }
            }
            return [
                """
                nothing to do: the schema has version \(version), which is newer than the \
                \(SchemaState.requiredVersion) of this program and works with it
                """
            ]
        }
    }

    /// Refuses a schema that is not up to date, without changing it.
    private static func check(_ migrator: Migrator, number: Int?) async throws {
        let name = ProgramContext.current.name
        try await inCommandTerms {
            if let problem = InboxReadiness.problem(with: try await migrator.state()) {
                throw CommandFailure(.failed, problem)
            }
            let behind = try await migrator.sequencesBehind()
            guard behind.isEmpty else {
                throw CommandFailure(
                    .failed,
                    "sequences stand behind their tables (\(behind.joined(separator: "; "))): run '\(name) migrate'"
                )
            }
            guard let number, let record = try await migrator.server(), record.number != number else { return }
            let reason = "it has the number \(record.number) already"
            throw MigrationError.placeIsOther(place: number, reason: reason)
        }
    }

    private static func inCommandTerms<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as PostgresError {
            throw CommandFailure(error.isTransient ? .tryAgain : .failed, error.description)
        } catch let error as MigrationError {
            if case .database(let cause) = error, cause.isTransient {
                throw CommandFailure(.tryAgain, error.description)
            }
            throw CommandFailure(.failed, error.description)
        }
    }
}

/// The steps of a migration that concern several servers.
enum ServerMigration {
    /// The time at which servers without a number join: `nil` where all are empty, so that no other was there before them.
    static func joiningTime(_ database: InboxConfiguration, logger: Logger) async -> Timestamp? {
        guard !database.servers.isEmpty else { return nil }
        for place in database.places {
            // One that can't be asked may have been there before.
            let state = try? await Migrator(configuration: place, loop: PollLoop(), logger: logger).state()
            guard state == .missing else { return .now }
        }
        return nil
    }
}
