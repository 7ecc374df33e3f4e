import TestSupport

/// A test's own folder and database, and a configuration for programs to use them.
package struct Scene: Sendable {
    package let folder: TestFolder
    package let database: Database

    /// Each runs several processes, and two cores serve no more of them at once any faster.
    ///
    /// The wait for a permit counts in a test's time limit, which therefore has to be long: it is there to end what hangs.
    private static let semaphore = Semaphore(permits: 3)

    /// Runs a body with a migrated database of the shared server.
    package static func with(_ body: @Sendable (Scene) async throws -> Void) async throws {
        try await semaphore.withPermit {
            try await TestFolder.with { folder in
                let connectionString = try await TestServer.shared.makeInboxDatabase()
                try await body(Scene(folder: folder, database: connectionString))
            }
        }
    }

    /// Runs a body with a folder, for tests that have a server of their own, or need none.
    package static func withFolder(_ body: @Sendable (TestFolder) async throws -> Void) async throws {
        try await semaphore.withPermit {
            try await TestFolder.with(body)
        }
    }

    /// Writes the configuration that programs are given: any free ports, one endpoint, a short lease.
    ///
    /// Programs may reach the database another way than the test.
    package init(folder: TestFolder, database connectionString: String, through detour: String? = nil) throws {
        self.folder = folder
        database = Database(connectionString: connectionString)
        try folder.write(
            """
            database: {url: "\(detour ?? connectionString)"}
            receiver: {host: 127.0.0.1, port: 0}
            admin: {host: 127.0.0.1, port: 0}
            endpoints:
              hooks: {source: standard-webhooks, secrets: ["env:E2E_SECRET"]}
            worker: {lease: 2s}
            log: {format: json}
            """,
            to: "postroom.yaml"
        )
    }

    /// The journal in which the test program's handlers write down their runs.
    package var journal: RunJournal {
        RunJournal(path: folder.file("journal"))
    }

    /// The environment that every program gets here.
    package var environment: [String: String] {
        ["POSTROOM_CONFIG": folder.file("postroom.yaml"), "E2E_SECRET": Sender.secret]
    }

    /// Runs `serve` of the test program for the time of a body.
    ///
    /// - Parameters:
    ///   - handlers: The names of its handlers.
    ///   - role: Its role.
    ///   - environment: Further variables of its environment, for its handlers and its configuration.
    ///   - body: The work to do meanwhile.
    /// - Returns: The body's value.
    /// - Throws: The body's error, with the end of the program's log.
    package func serve<Value>(
        handlers: [String],
        role: String = "all",
        environment: [String: String] = [:],
        _ body: (RunningProgram) async throws -> Value
    ) async throws -> Value {
        var program = Program.worker("serve", "--role", role)
        program.environment = self.environment.merging(environment) { $1 }
        program.environment["TESTWORKER_HANDLERS"] = handlers.joined(separator: ",")
        program.environment["TESTWORKER_JOURNAL"] = journal.path
        return try await RunningProgram.with(program, in: folder, body)
    }

    /// Runs the plain tool's `serve` for the time of a body.
    package func serve<Value>(
        role: String,
        environment: [String: String] = [:],
        _ body: (RunningProgram) async throws -> Value
    ) async throws -> Value {
        var program = Program.postroom("serve", "--role", role)
        program.environment = self.environment.merging(environment) { $1 }
        return try await RunningProgram.with(program, in: folder, body)
    }

    /// Runs a verb of the plain tool to its end.
    package func verb(_ arguments: String...) async throws -> Program.Result {
        try await Program(name: "postroom", arguments: arguments, environment: environment).run(in: folder)
    }
}
