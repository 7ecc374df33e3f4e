import CLibrary

/// A Postgres server of one's own: made on demand, reachable by a Unix socket in a private folder, ended with its owner.
///
/// However the owning process ends, the server ends too: its guardian waits on a pipe that only this process holds open.
/// The owner's Ctrl-C does not reach it.
package actor PrivatePostgres {
    /// The conditions under which the server runs.
    package struct Settings: Sendable {
        /// The folder of its data; `nil` for a new temporary one that is removed at the end.
        package var directory: String?
        /// True if it survives a crash of the machine; tests are faster without.
        package var durable: Bool
        /// Settings of the server, which win over those chosen here.
        package var parameters: [String: String]

        /// Makes settings.
        ///
        /// - Parameters:
        ///   - directory: The folder of its data; `nil` for a new temporary one.
        ///   - durable: True if it survives a crash of the machine.
        ///   - parameters: Settings of the server.
        package init(directory: String? = nil, durable: Bool = false, parameters: [String: String] = [:]) {
            self.directory = directory
            self.durable = durable
            self.parameters = parameters
        }
    }

    /// A way to shut the server down.
    package enum ShutdownMode: Sendable {
        /// Rolls back what is open, ends every connection, and writes a checkpoint.
        case fast
        /// Stops at once, as in a crash: the next start recovers.
        case immediate
    }

    /// The folders of data, log and socket.
    package nonisolated let folders: ServerFolders
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
    /// - Parameter settings: The conditions under which it runs.
    /// - Returns: The running server.
    /// - Throws: ``PrivatePostgresError``; nothing is left running.
    package static func start(_ settings: Settings = Settings()) async throws(PrivatePostgresError) -> PrivatePostgres {
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

    /// The connection string by which libpq reaches the server.
    package nonisolated var connectionString: String { connectionString(database: "postgres") }

    /// Returns the connection string by which libpq reaches a database of the server.
    ///
    /// - Parameter database: The database's name.
    /// - Returns: A connection string.
    package nonisolated func connectionString(database: String) -> String {
        let quoted = database.reduce(into: "") { text, character in
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return "host=\(folders.socket) port=\(ServerFolders.port) user=\(ServerFolders.user) dbname='\(quoted)'"
    }

    /// The process id of the server, `nil` when it does not run.
    package var processID: Int32? { guardian?.hasEnded == false ? serverID : nil }

    /// Shuts the server down fast, waits for it, and removes temporary folders.
    ///
    /// It does so also where the caller is cancelled. Further calls do nothing.
    package func stop() async {
        await endGuardian()
        // unstructured: shields the removal of the files from the cancellation that asks for it
        await Task { [folders] in await folders.removeTemporary() }.value
    }

    /// Stops the server, if it runs, and starts it again on the same files.
    ///
    /// - Parameter mode: The way to stop it.
    /// - Throws: ``PrivatePostgresError``; the server may then be down.
    package func restart(_ mode: ShutdownMode = .fast) async throws(PrivatePostgresError) {
        await shutDown(mode)
        try await launch()
    }

    /// Stops the server and leaves it down until ``restart(_:)``.
    ///
    /// - Parameter mode: The way to stop it.
    package func shutDown(_ mode: ShutdownMode = .fast) async {
        await signal(mode == .fast ? .interrupt : .quit)
    }

    /// Kills the server without warning and leaves it down until ``restart(_:)``.
    package func kill() async {
        await signal(.kill)
    }

    /// Makes a database.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - template: The database to copy; nobody may be connected to it.
    /// - Throws: ``PrivatePostgresError``.
    package nonisolated func createDatabase(
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
    package nonisolated func dropDatabase(named name: String) async throws(PrivatePostgresError) {
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

extension PrivatePostgres {
    /// Ends the server that a killed run left in the directory: its guardian is about to, else we do.
    func endLeftover() async throws(PrivatePostgresError) {
        guard let file = PostmasterFile.read(in: folders.data) else { return }
        let process = ServerProcess(id: file.processID)
        if await process.waitForEnd(serving: folders.data, for: .seconds(5)) { return }
        for signal in [ServerProcess.Signal.interrupt, .quit] {
            process.send(signal)
            if await process.waitForEnd(serving: folders.data, for: .seconds(15)) { return }
        }
        throw PrivatePostgresError(
            .inUse,
            "an earlier Postgres server (process \(process.id)) still runs in \(folders.data) and does not stop; "
                + "end it with `kill -QUIT \(process.id)`"
        )
    }

    /// Makes the server's files unless they are there.
    ///
    /// They appear whole or not at all.
    func makeFiles() async throws(PrivatePostgresError) {
        guard access("\(folders.data)/PG_VERSION", F_OK) != 0 else { return }
        let unfinished = "\(folders.data).new"
        await folders.remove(unfinished)
        let arguments = [
            "--pgdata=\(unfinished)", "--username=\(ServerFolders.user)", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-instructions",
        ]
        try await programs.run(
            "initdb",
            arguments + (settings.durable ? [] : ["--no-sync"]),
            as: folders.account
        )
        guard rename(unfinished, folders.data) == 0 else {
            throw PrivatePostgresError(.folder, "\(unfinished) cannot be renamed to \(folders.data): error \(errno)")
        }
    }

    /// The server's command line.
    func command() -> [String] {
        var parameters = [
            "listen_addresses": "",
            "unix_socket_directories": folders.socket,
            "unix_socket_permissions": "0700",
            "port": ServerFolders.port,
            "dynamic_shared_memory_type": "mmap",
            "lc_messages": "C",
            "max_connections": "300",
            "timezone": "UTC",
        ]
        if !settings.durable {
            parameters["fsync"] = "off"
            parameters["full_page_writes"] = "off"
        }
        parameters.merge(settings.parameters) { $1 }
        return ["\(programs.folder)/postgres", "-D", folders.data]
            + parameters.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }
}
