/// A Postgres server of one's own: made on demand, reachable by a Unix socket in a private folder, ended with its owner.
///
/// However the owning process ends, the server ends too: its guardian waits on a pipe that only this process holds open.
/// The owner's Ctrl-C does not reach it.
public actor PrivatePostgres {
    /// How to run the server.
    public struct Settings: Sendable {
        /// Where its data lives; `nil` for a new temporary folder that is removed at the end.
        public var directory: String?
        /// Whether it survives a crash of the machine; tests are faster without.
        public var durable: Bool
        /// Settings of the server, which win over those chosen here.
        public var parameters: [String: String]

        /// Makes settings.
        ///
        /// - Parameters:
        ///   - directory: Where its data lives; `nil` for a new temporary folder.
        ///   - durable: Whether it survives a crash of the machine.
        ///   - parameters: Settings of the server.
        public init(directory: String? = nil, durable: Bool = false, parameters: [String: String] = [:]) {
            self.directory = directory
            self.durable = durable
            self.parameters = parameters
        }
    }

    /// How to shut the server down.
    public enum ShutdownMode: Sendable {
        /// Rolls back what is open, ends every connection, and writes a checkpoint.
        case fast
        /// Stops at once, as in a crash: the next start recovers.
        case immediate
    }

    /// Where data, log and socket lie.
    public nonisolated let folders: ServerFolders
    nonisolated let programs: ServerPrograms
    nonisolated let settings: Settings
    private var guardian: Guardian?
    private var serverID: Int32?

    private init(_ settings: Settings, programs: ServerPrograms, folders: ServerFolders) {
        self.settings = settings
        self.programs = programs
        self.folders = folders
    }

    /// Starts a server, making its files if there are none, and waits until it accepts connections.
    ///
    /// A server that an earlier, killed run left in the directory is ended first. The variables of ``LibpqEnvironment`` are
    /// taken out of this process's environment: whoever has a private server is led to no other.
    ///
    /// - Parameter settings: How to run it.
    /// - Returns: The running server.
    /// - Throws: ``PrivatePostgresError``; nothing is left running.
    public static func start(_ settings: Settings = Settings()) async throws(PrivatePostgresError) -> PrivatePostgres {
        LibpqEnvironment.clear()
        let programs = try await ServerPrograms.find()
        let folders = try ServerFolders.make(settings.directory)
        do throws(PrivatePostgresError) {
            try await folders.checkReachable()
            let server = PrivatePostgres(settings, programs: programs, folders: folders)
            try await server.endLeftover()
            try await server.makeFiles()
            try await server.launch()
            return server
        } catch {
            await folders.removeTemporary()
            throw error
        }
    }

    /// How libpq reaches the server.
    public nonisolated var connectionString: String { connectionString(database: "postgres") }

    /// How libpq reaches a database of the server.
    ///
    /// - Parameter database: The database's name.
    /// - Returns: A connection string.
    public nonisolated func connectionString(database: String) -> String {
        let quoted = database.reduce(into: "") { text, character in
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return "host=\(folders.socket) port=\(ServerFolders.port) user=\(ServerFolders.user) dbname='\(quoted)'"
    }

    /// The process id of the server, `nil` when it does not run.
    public var processID: Int32? { guardian?.hasEnded == false ? serverID : nil }

    /// Shuts the server down fast, waits for it, and removes temporary folders.
    ///
    /// It does so also where the caller is cancelled. Further calls do nothing.
    public func stop() async {
        await endGuardian()
        // unstructured: shields the removal of the files from the cancellation that asks for it
        await Task { [folders] in await folders.removeTemporary() }.value
    }

    /// Stops the server, if it runs, and starts it again on the same files.
    ///
    /// - Parameter mode: How to stop it.
    /// - Throws: ``PrivatePostgresError``; the server may then be down.
    public func restart(_ mode: ShutdownMode = .fast) async throws(PrivatePostgresError) {
        await shutDown(mode)
        try await launch()
    }

    /// Stops the server and leaves it down until ``restart(_:)``.
    ///
    /// - Parameter mode: How to stop it.
    public func shutDown(_ mode: ShutdownMode = .fast) async {
        await signal(mode == .fast ? .interrupt : .quit)
    }

    /// Kills the server without warning and leaves it down until ``restart(_:)``.
    public func kill() async {
        await signal(.kill)
    }

    /// Makes a database.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - template: The database to copy; nobody may be connected to it.
    /// - Throws: ``PrivatePostgresError``.
    public nonisolated func createDatabase(
        named name: String,
        template: String = "template1"
    ) async throws(PrivatePostgresError) {
        try await programs.run(
            "createdb",
            ["--host=\(folders.socket)", "--port=\(ServerFolders.port)", "--username=\(ServerFolders.user)"]
                + ["--maintenance-db=postgres", "--template=\(template)", "--", name]
        )
    }

    /// Removes a database, ending its connections.
    ///
    /// - Parameter name: Its name.
    /// - Throws: ``PrivatePostgresError``.
    public nonisolated func dropDatabase(named name: String) async throws(PrivatePostgresError) {
        try await programs.run(
            "dropdb",
            ["--host=\(folders.socket)", "--port=\(ServerFolders.port)", "--username=\(ServerFolders.user)"]
                + ["--maintenance-db=postgres", "--force", "--if-exists", "--", name]
        )
    }

    private func launch() async throws(PrivatePostgresError) {
        let limit = ContinuousClock.now + .seconds(60)
        while true {
            let before = PostmasterFile.read(in: folders.data)
            let guardian = try Guardian.start(command: command(), folders: folders)
            self.guardian = guardian
            if let file = await PostmasterFile.waitUntilReady(in: folders.data, after: before, guardian, until: limit) {
                serverID = file.processID
                return
            }
            let timedOut = !guardian.hasEnded
            await endGuardian()
            let log = folders.endOfLog()
            // Backends outlive a killed server for a moment.
            let mayPass = log.contains("pre-existing shared memory block") || log.contains("lock file")
            guard !timedOut, mayPass, .now < limit else {
                let what = timedOut ? "was not ready after 60 s" : "did not start"
                throw PrivatePostgresError(
                    timedOut ? .timedOut : .failed,
                    "the Postgres server in \(folders.root) \(what); its log (\(folders.log)) ends:\n\(log)"
                )
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func endGuardian() async {
        guard let guardian else { return }
        guardian.release()
        await guardian.waitForEnd()
        self.guardian = nil
        serverID = nil
    }

    private func signal(_ signal: ServerProcess.Signal) async {
        guard let guardian, !guardian.hasEnded, let serverID else { return }
        ServerProcess(id: serverID).send(signal)
        await guardian.waitForEnd()
        self.guardian = nil
        self.serverID = nil
    }
}
