import ArgumentParser
import Logging
import PostgresClient
import PostroomConfiguration
import PostroomCore
import PostroomForwarders
import PostroomInbox

/// `postroom doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look for trouble: configuration, schema, clock, rights, partitions, autovacuum, orphans.",
        discussion:
            "It changes nothing, and exits with 1 where something is wrong, each with the command or SQL that mends it."
    )

    @Flag(name: .long, help: "Print JSON: an array of objects.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let loaded = common.read()
        var found = Self.problems(of: loaded)
        if !loaded.problems.hasError {
            found += await databases(loaded.configuration)
        }
        let diagnoses = found
        try CommandOutput.write { output in
            output.list(diagnoses, DoctorColumns.all, asJSON: json, ifEmpty: "")
            for bad in diagnoses where !bad.isWell && !json {
                output.line("\n" + output.style(bad.subject, .boldRed) + ": \(EscapedText.of(bad.finding))")
                output.line("  \(EscapedText.of(bad.remedy))")
            }
        }
        let count = diagnoses.count { !$0.isWell }
        guard count == 0 else {
            throw CommandFailure(.failed, "\(Plural.of(count, "check has", "checks have")) found something to mend")
        }
    }

    /// Finds what is wrong with the configuration, its secrets and forwarders included.
    private static func problems(of loaded: LoadedConfiguration) -> [Diagnosis] {
        let context = ProgramContext.current
        let problems = ConfigCheckCommand.problems(of: loaded, environment: context.environment)
        guard !problems.isEmpty else {
            return [Diagnosis(subject: "configuration", isWell: true, finding: "every key can be used", remedy: "")]
        }
        return problems.map { problem in
            Diagnosis(
                subject: "configuration",
                isWell: false,
                finding: problem.description,
                remedy: "\(context.name) config check"
            )
        }
    }

    /// Finds what is wrong with each database and its schema.
    private func databases(_ configuration: ProgramConfiguration) async -> [Diagnosis] {
        let logger = common.quietLogger(configuration)
        return await withTaskGroup(of: (Int, [Diagnosis]).self) { group in
            for (index, place) in configuration.database.places.enumerated() {
                group.addTask { (index, await Self.diagnoses(of: place, configuration, logger)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        .sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// Finds what is wrong with one database, named by its server where there are several.
    private static func diagnoses(
        of place: InboxConfiguration,
        _ configuration: ProgramConfiguration,
        _ logger: Logger
    ) async -> [Diagnosis] {
        let found = await unnamedDiagnoses(of: place, configuration, logger)
        guard let server = place.place else { return found }
        return found.map { diagnosis in
            Diagnosis(
                subject: "\(server): \(diagnosis.subject)",
                isWell: diagnosis.isWell,
                finding: diagnosis.finding,
                remedy: diagnosis.remedy
            )
        }
    }

    private static func unnamedDiagnoses(
        of place: InboxConfiguration,
        _ configuration: ProgramConfiguration,
        _ logger: Logger
    ) async -> [Diagnosis] {
        let name = ProgramContext.current.name
        do {
            let database = try await InboxOptions.withInbox(place, logger: logger) { inbox in
                try await diagnoses(of: inbox) + functions(of: configuration, in: inbox)
            }
            let migrator = Migrator(configuration: place, loop: PollLoop(), logger: logger)
            let behind = try await migrator.sequencesBehind()
            return database + [
                Diagnosis(
                    subject: "sequences",
                    isWell: behind.isEmpty,
                    finding: behind.isEmpty
                        ? "every sequence is ahead of its table"
                        : "behind their tables: " + behind.joined(separator: "; "),
                    remedy: "\(name) migrate"
                )
            ]
        } catch let failure as CommandFailure {
            return [
                Diagnosis(
                    subject: "database",
                    isWell: false,
                    finding: failure.message,
                    remedy: "\(name) migrate --check"
                )
            ]
        } catch {
            return [
                Diagnosis(subject: "database", isWell: false, finding: "\(error)", remedy: "\(name) migrate --check")
            ]
        }
    }

    private static func diagnoses(of inbox: Inbox) async throws -> [Diagnosis] {
        let before = Timestamp.now
        let server = try await inbox.serverTime()
        let after = Timestamp.now
        let outlook = try await inbox.partitionOutlook()
        let holders = try await inbox.snapshotHolders(heldFor: .seconds(60))
        return [
            Diagnosis(subject: "schema", isWell: true, finding: "it fits this program", remedy: ""),
            clock(server, between: before, and: after),
            Diagnosis(
                subject: "partitions",
                isWell: outlook.daysAhead >= 1,
                finding: outlook.daysAhead < 0
                    ? "today's partition is missing" : "made for \(Plural.of(outlook.daysAhead, "day", "days")) ahead",
                remedy: outlook.isAllowed ? "run a program that serves, which makes them" : outlook.advice
            ),
            Diagnosis(
                subject: "old snapshots",
                isWell: holders.isEmpty,
                finding: holders.isEmpty
                    ? "nobody keeps vacuum from its work"
                    : "kept by " + holders.map { "\($0.holder) (\($0.state ?? "?"))" }.joined(separator: ", "),
                remedy: "end the session: SELECT pg_terminate_backend(PID)"
            ),
        ] + (try await inbox.diagnoses())
    }

    /// Looks for the functions that forwarders call.
    private static func functions(of configuration: ProgramConfiguration, in inbox: Inbox) async throws -> [Diagnosis] {
        var diagnoses: [Diagnosis] = []
        for function in configuration.forwarders.compactMap(\.sql.function) {
            diagnoses.append(
                try await inbox.diagnosis(
                    ofFunction: function.schema,
                    function.name,
                    parameters: FunctionForwarder.parameters
                )
            )
        }
        return diagnoses
    }

    /// Compares the server's clock with this machine's.
    ///
    /// - Parameters:
    ///   - server: The server's time.
    ///   - before: This machine's time before it was asked.
    ///   - after: This machine's time after it answered.
    /// - Returns: The finding: more than two seconds apart is trouble, as senders' timestamps are compared with both.
    static func clock(_ server: Timestamp, between before: Timestamp, and after: Timestamp) -> Diagnosis {
        let apart = max(0, before.rawValue - server.rawValue, server.rawValue - after.rawValue)
        return Diagnosis(
            subject: "clocks",
            isWell: apart <= 2_000_000,
            finding: apart == 0
                ? "this machine and the server agree"
                : "this machine and the server are \(HumanText.duration(.microseconds(apart))) apart",
            remedy: "set both by NTP: senders' timestamps are refused where a clock is wrong"
        )
    }
}

/// The columns of what doctor found.
enum DoctorColumns {
    /// A line for each check.
    static let all: [Column<Diagnosis>] = [
        Column("check", key: "subject", value: { .string($0.subject) }),
        Column(
            "well",
            key: "is_well",
            value: { .boolean($0.isWell) },
            text: { $0.isWell ? "ok" : "no" },
            style: { $0.isWell ? .green : .boldRed }
        ),
        Column("finding", widest: 120, value: { .string($0.finding) }),
        Column("remedy", widest: 60, value: { .string($0.remedy) }, text: { $0.isWell ? "" : $0.remedy }),
    ]
}
