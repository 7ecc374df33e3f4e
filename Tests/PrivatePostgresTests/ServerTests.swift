import Glibc
import Testing

@testable import PrivatePostgres

@Suite("A private server", .serialized, .timeLimit(.minutes(3)))
struct ServerTests {
    @Test("answers on a socket in a private folder and leaves nothing behind")
    func startAndStop() async throws {
        let server = try await PrivatePostgres.start()
        let id = try #require(await server.processID)
        #expect(try await ask(server, "SELECT current_user, current_setting('listen_addresses')") == "postroom|")
        #expect(try await ask(server, "SHOW fsync") == "off")
        var status = stat()
        #expect(stat(server.folders.socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        #expect(getsid(id) != getsid(0))
        await server.stop()
        #expect(kill(id, 0) == -1)
        #expect(access(server.folders.root, F_OK) == -1)
        #expect(await server.processID == nil)
        await server.stop()
    }

    @Test("keeps its data in a directory of its own, durably if asked")
    func keptDirectory() async throws {
        try await withTestFolder { directory in
            let settings = PrivatePostgres.Settings(
                directory: directory,
                durable: true,
                parameters: ["work_mem": "5MB"]
            )
            let first = try await PrivatePostgres.start(settings)
            #expect(try await ask(first, "SHOW fsync") == "on")
            #expect(try await ask(first, "SHOW work_mem") == "5MB")
            _ = try await ask(first, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)")
            await #expect {
                _ = try await PrivatePostgres.start(settings)
            } throws: { error in
                (error as? PrivatePostgresError)?.kind == .inUse
                    && (error as? PrivatePostgresError)?.description.contains("process \(getpid())") == true
            }
            await first.stop()
            let second = try await PrivatePostgres.start(settings)
            #expect(try await ask(second, "SELECT count(*) FROM kept") == "1")
            await second.stop()
            #expect(access("\(directory)/data", F_OK) == 0)
        }
    }

    @Test("comes back after every kind of stop", arguments: ["fast", "immediate", "kill"])
    func restarts(_ kind: String) async throws {
        let server = try await PrivatePostgres.start()
        _ = try await ask(server, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)")
        let before = try #require(await server.processID)
        switch kind {
        case "fast": try await server.restart(.fast)
        case "immediate": try await server.restart(.immediate)
        default:
            await server.kill()
            #expect(await server.processID == nil)
            try await server.restart()
        }
        #expect(await server.processID != before)
        #expect(try await ask(server, "SELECT count(*) FROM kept") == "1")
        await server.stop()
        #expect(access(server.folders.root, F_OK) == -1)
    }

    @Test("copies a template database")
    func templates() async throws {
        let server = try await PrivatePostgres.start()
        try await server.createDatabase(named: "first one's")
        _ = try await ask(server, "CREATE TABLE kept (id int)", database: "first one's")
        try await server.createDatabase(named: "copy", template: "first one's")
        #expect(try await ask(server, "SELECT count(*) FROM kept", database: "copy") == "0")
        try await server.dropDatabase(named: "copy")
        #expect(try await ask(server, "SELECT 1", database: "copy").contains("does not exist"))
        await #expect(throws: PrivatePostgresError.self) {
            try await server.createDatabase(named: "first one's")
        }
        await server.stop()
    }

    @Test("puts its socket in a short folder when the directory's path is long or odd", arguments: ["a", "b c"])
    func longPath(_ letter: String) async throws {
        try await withTestFolder { directory in
            let path = directory + "/" + String(repeating: letter, count: letter == "a" ? 100 : 1)
            let server = try await PrivatePostgres.start(PrivatePostgres.Settings(directory: path))
            #expect(!server.folders.socket.hasPrefix(directory))
            #expect(try await ask(server, "SELECT 1") == "1")
            await server.stop()
            #expect(access(server.folders.socket, F_OK) == -1)
            #expect(access("\(path)/data", F_OK) == 0)
        }
    }

    @Test("says which folder its user cannot enter", .enabled(if: geteuid() == 0))
    func closedFolder() async throws {
        try await withTestFolder { directory in
            chmod(directory, 0o700)
            await #expect {
                _ = try await PrivatePostgres.start(PrivatePostgres.Settings(directory: "\(directory)/inner"))
            } throws: { error in
                guard let error = error as? PrivatePostgresError, error.kind == .folder else { return false }
                return error.description.contains("cannot enter \(directory);")
            }
        }
    }

    @Test("shows the end of the log when it does not start")
    func refusedSetting() async throws {
        await #expect {
            _ = try await PrivatePostgres.start(PrivatePostgres.Settings(parameters: ["shared_buffers": "few"]))
        } throws: { error in
            guard let error = error as? PrivatePostgresError, error.kind == .failed else { return false }
            return error.description.contains("invalid value for parameter \"shared_buffers\"")
        }
    }

    @Test("ends when its owner forgets it")
    func forgotten() async throws {
        var server: PrivatePostgres? = try await PrivatePostgres.start()
        let id = try #require(await server?.processID)
        let root = try #require(server?.folders.root)
        server = nil
        #expect(await eventually { kill(id, 0) == -1 && access(root, F_OK) == -1 })
    }
}
