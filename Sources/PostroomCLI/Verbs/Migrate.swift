import ArgumentParser
import PostgresClient
import PostroomConfiguration
import PostroomInbox

/// `postroom migrate`: makes the schema or brings it up to date.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Make the schema, or bring it up to date.",
        discussion: """
            Migrations are numbered and go forward only. Any number of processes may run this at once, and programs of the \
            version before go on working meanwhile.
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
        let migrator = Migrator(
            configuration: configuration.database,
            loop: PollLoop(),
            logger: common.quietLogger(configuration)
        )
        do {
            if check {
                try report(try await migrator.state(), behind: try await migrator.sequencesBehind())
            } else {
                try await migrate(migrator)
            }
        } catch let error as PostgresError {
            throw CommandFailure(error.isTransient ? .tryAgain : .failed, error.description)
        } catch let error as MigrationError {
            if case .database(let cause) = error, cause.isTransient {
                throw CommandFailure(.tryAgain, error.description)
            }
            throw CommandFailure(.failed, error.description)
        }
    }

    private func migrate(_ migrator: Migrator) async throws {
        let output = CommandOutput.standard(environment: ProgramContext.current.environment)
        let applied = try await migrator.migrate()
        for name in applied {
            output.note("applied \(name)")
        }
        if applied.isEmpty, case .compatible(let version) = try await migrator.state() {
            output.note(
                """
                nothing to do: the schema has version \(version), which is newer than the \
                \(SchemaState.requiredVersion) of this program and works with it
                """
            )
        }
    }

    private func report(_ state: SchemaState, behind: [String]) throws {
        if let problem = InboxReadiness.problem(with: state) {
            throw CommandFailure(.failed, problem)
        }
        guard behind.isEmpty else {
            let name = ProgramContext.current.name
            throw CommandFailure(
                .failed,
                "sequences stand behind their tables (\(behind.joined(separator: "; "))): run '\(name) migrate'"
            )
        }
    }
}
