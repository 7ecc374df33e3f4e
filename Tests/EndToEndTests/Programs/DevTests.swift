import FoundationEssentials
import Glibc
import ProgramHarness
import Subprocess
import Testing

@Suite("The development setup")
struct DevTests {
    @Test("dev --smoke exits 0 and leaves no process behind, also when it is run twice")
    func smoke() async throws {
        try await Scene.withFolder { folder in
            for _ in 1...2 {
                let result = try await Program.postroom("dev", "--smoke").run(in: folder)
                #expect(result.status == .exited(0), "\(result.errors)")
                #expect(result.output.contains("all 28 sources work"))
                #expect(processes(of: folder).isEmpty)
            }
        }
    }

    /// A setting of an environment, and its effect on a server of one's own that took it.
    static let environments: [[String: String]] = [
        ["POSTROOM_DATABASE_URL": "host=/nowhere", "POSTROOM_DATABASE_SCHEMA": "elsewhere"],
        [
            "POSTROOM_RECEIVER_PORT": "1", "POSTROOM_ENDPOINTS_WACHT_SECRETS": "env:NOWHERE",
            "POSTROOM_CONFIG": "/nowhere",
        ],
        ["PGHOST": "/nowhere", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGUSER": "nobody", "PGDATABASE": "none"],
        [
            "PGSERVICE": "none", "PGOPTIONS": "-c nonsense=1", "PGTARGETSESSIONATTRS": "standby",
            "PGSSLMODE": "nonsense",
        ],
        ["PGTZ": "Asia/Shanghai", "PGDATESTYLE": "SQL, DMY", "PGCLIENTENCODING": "LATIN1", "PGREQUIREPEER": "nobody"],
    ]

    @Test("dev uses its own Postgres, whatever the environment says", arguments: environments)
    func environment(variables: [String: String]) async throws {
        try await Scene.withFolder { folder in
            var dev = Program.postroom("dev", "--smoke")
            dev.environment = variables
            let result = try await dev.run(in: folder)
            #expect(result.status == .exited(0), "\(result.errors)")
            for name in variables.keys {
                #expect(result.errors.contains(name))
            }
        }
    }

    @Test("what dev makes is in its own Postgres, not in the database that the environment names")
    func production() async throws {
        try await Scene.with { scene in
            var dev = Program.postroom("dev", "--smoke")
            dev.environment = ["POSTROOM_DATABASE_URL": scene.database.connectionString]
            let result = try await dev.run(in: scene.folder)
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(try await scene.database.count("SELECT count(*) FROM postroom.handler") == 0)
            #expect(try await scene.database.count("SELECT count(*) FROM postroom.delivery") == 0)
        }
    }

    @Test(
        "dev works in the working directory, whatever its name",
        arguments: [
            "two words", "it's \"quoted\"", "back\\slash", "été 日本 🐘", "a: {b}, #c",
            String(repeating: "long", count: 40),
        ]
    )
    func oddDirectory(name: String) async throws {
        try await Scene.withFolder { folder in
            let place = folder.file(name)
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            chmod(place, 0o755)
            var dev = Program.postroom("dev", "--smoke")
            dev.workingDirectory = place
            let result = try await dev.run(in: folder)
            #expect(result.status == .exited(0), "\(result.errors)")
            #expect(FileManager.default.fileExists(atPath: "\(place)/.postroom/postroom.yaml"))
        }
    }

    @Test("dev receives, handles and shows what send sends, and status knows of it")
    func sendToDev() async throws {
        try await Scene.withFolder { folder in
            let program = Program.postroom("dev", "--port", "0", "--admin-port", "0")
            try await RunningProgram.with(program, in: folder) { dev in
                try await greeting(of: dev)
                let address = try #require(
                    dev.log.text.firstMatch(of: /POST (http:\/\/127.0.0.1:[0-9]+)\/hooks\/wacht/)
                )
                .1
                let arguments = ["--count", "20", "--duplicate-every", "4", "--url", String(address), "--json"]
                var send = Program(name: "postroom", arguments: ["send", "wacht"] + arguments)
                let sent = try await send.run(in: folder)
                #expect(sent.status == .exited(0), "\(sent.errors)")
                send.arguments = ["send", "anthropic", "--invalid-signature"] + arguments
                let refused = try await send.run(in: folder)
                #expect(refused.status == .exited(0), "\(refused.errors)")

                try await eventually("what was sent is not shown") {
                    TestFolder.read(dev.outputPath).split(separator: "\n").filter { $0.hasPrefix("wacht  ") }.count
                        == 15
                }
                #expect(!TestFolder.read(dev.outputPath).contains("anthropic"))
                let configuration = folder.file(".postroom/postroom.yaml")
                let status = try await Program.postroom("status", "--json", "--config", configuration).run(in: folder)
                #expect(status.status == .exited(0), "\(status.errors)")
                #expect(try status.json["workers"]?.elements.count == 1)
                dev.send(SIGTERM)
                #expect(try await dev.end() == .exited(0))
            }
        }
    }

    @Test("dev of a program shows the attempts of its own handlers, and when a failed one comes again")
    func ownHandlers() async throws {
        try await Scene.withFolder { folder in
            let program = Program.worker(
                "dev",
                "--port",
                "0",
                "--admin-port",
                "0",
                environment: ["TESTWORKER_HANDLERS": "crm,mail", "TESTWORKER_BROKEN": "mail"]
            )
            try await RunningProgram.with(program, in: folder) { dev in
                try await greeting(of: dev)
                let address = try #require(
                    dev.log.text.firstMatch(of: /POST (http:\/\/127.0.0.1:[0-9]+)\/hooks\/wacht/)
                )
                .1
                let send = Program.postroom("send", "wacht", "user.created", "--url", String(address))
                let sent = try await send.run(in: folder)
                #expect(sent.status == .exited(0), "\(sent.errors)")
                try await eventually("the last attempt is not shown") {
                    TestFolder.read(dev.outputPath).contains("dead letter of mail")
                }
                try await eventually("the other handler's attempt is not shown") {
                    TestFolder.read(dev.outputPath).contains("handled by crm in ")
                }
                let shown = TestFolder.read(dev.outputPath)
                let lines = [
                    /wacht  user\.created  delivery \d+  handled by crm in [<\d]/,
                    /failed in mail, attempt 1 of 3, again in [^:]+: \S/,
                    /failed in mail, attempt 2 of 3, again in [^:]+: \S/,
                    /dead letter of mail \([a-z-]+\), attempt 3 of 3: \S/,
                ]
                for line in lines {
                    #expect(shown.firstMatch(of: line) != nil, "\(shown)")
                }
                dev.send(SIGTERM)
                #expect(try await dev.end() == .exited(0))
            }
        }
    }

    @Test("SIGINT to dev ends everything, Postgres included")
    func interrupt() async throws {
        try await Scene.withFolder { folder in
            let program = Program.postroom("dev", "--port", "0", "--admin-port", "0")
            try await RunningProgram.with(program, in: folder) { dev in
                try await greeting(of: dev)
                #expect(!processes(of: folder).isEmpty)
                dev.send(SIGINT)
                #expect(try await dev.end() == .exited(0))
                #expect(processes(of: folder).isEmpty)
            }
        }
    }

    @Test("kill -9 of dev takes Postgres along")
    func kill() async throws {
        try await Scene.withFolder { folder in
            let program = Program.postroom("dev", "--port", "0", "--admin-port", "0")
            try await RunningProgram.with(program, in: folder) { dev in
                try await greeting(of: dev)
                try await dev.crash()
                try await eventually("Postgres still runs") { processes(of: folder).isEmpty }
            }
        }
    }

    /// Waits until dev says that it is up.
    private func greeting(of dev: RunningProgram) async throws {
        try await eventually("dev has not greeted") { dev.log.text.contains("Ctrl-C ends all of it.") }
    }

    /// The processes that are named with the folder, or work in it, as a server does in its data folder.
    private func processes(of folder: TestFolder) -> [String] {
        let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return ids.compactMap { id in
            let command = TestFolder.read("/proc/\(id)/cmdline").replacing("\0", with: " ")
            let place = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")) ?? ""
            return command.contains(folder.path) || place.hasPrefix(folder.path) ? "\(id): \(command)" : nil
        }
    }
}
