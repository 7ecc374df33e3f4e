import Glibc

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
