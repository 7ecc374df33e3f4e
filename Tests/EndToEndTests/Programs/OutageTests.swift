import PrivatePostgres
import ProgramHarness
import Subprocess
import TestSupport
import Testing

@Suite("A database that is away")
struct OutageTests {
    @Test("a database that is down at start is waited for visibly, and a missing schema is asked for until it is there")
    func downAtStart() async throws {
        try await Scene.withFolder { folder in
            let directory = folder.file("pg")
            // Where the server's socket will be once it is started there.
            let connectionString = "host=\(directory)/socket port=5432 user=postroom dbname=postgres"
            let scene = try Scene(folder: folder, database: connectionString)
            try await scene.serve(handlers: ["crm"]) { program in
                let adminPort = try await program.adminPort()
                let sender = Sender(port: try await program.receiverPort(isReady: false))
                try await program.logged("waiting for the database")
                #expect(try await Sender.get("/health/live", port: adminPort).status == 200)
                #expect(try await ready(adminPort).status == 503)
                let refused = try await sender.send(key: "too-early")
                #expect(refused.status == 503)
                #expect(refused.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)

                try await withServer(in: directory) { _ in
                    try await program.logged("waiting for the schema")
                    let answer = try await ready(adminPort)
                    #expect(answer.status == 503)
                    #expect(answer.body.contains("run 'TestWorker migrate'"))
                    #expect(try await sender.send(key: "too-early").status == 503)

                    let migrated = try await scene.verb("migrate")
                    #expect(migrated.status == .exited(0), "\(migrated.errors)")
                    try await eventually("the program is not ready") { try await ready(adminPort).status == 200 }
                    try await scene.database.waitForWorkers()
                    try await sender.accept(key: "in-time")
                    try await scene.database.waitUntilDrained()
                    #expect(scene.journal.pairs("handled").count == 1)
                    #expect(try await program.stop() == .exited(0))
                }
            }
        }
    }

    @Test("a schema newer than the program is refused with exit 1")
    func newerSchema() async throws {
        try await Scene.with { scene in
            try await scene.database.query(
                "INSERT INTO postroom.migration (version, name) VALUES (9999, 'from the future')"
            )
            for arguments in [["serve", "--role", "receiver"], ["status"], ["migrate"]] {
                let program = Program(name: "postroom", arguments: arguments, environment: scene.environment)
                let result = try await program.run(in: scene.folder)
                #expect(result.status == .exited(1), "\(arguments)")
                #expect(result.errors.contains("9999"), "\(result.errors)")
                #expect(result.errors.contains("newer"), "\(result.errors)")
            }
        }
    }

    @Test("HTTP 503 with Retry-After while Postgres is down, then 200 again, and nothing answered 200 is lost")
    func downInBetween() async throws {
        try await Scene.withFolder { folder in
            try await withServer(in: folder.file("pg")) { server in
                let scene = try Scene(folder: folder, database: server.connectionString)
                let migrated = try await scene.verb("migrate")
                #expect(migrated.status == .exited(0), "\(migrated.errors)")
                let quickly = ["POSTROOM_RECEIVER_COMMIT_TIMEOUT": "2s", "POSTROOM_RECEIVER_RETRY_AFTER": "7s"]
                try await scene.serve(handlers: ["crm"], environment: quickly) { program in
                    try await scene.database.waitForWorkers()
                    let adminPort = try await program.adminPort()
                    let sender = Sender(port: try await program.receiverPort())
                    var accepted: Set<String> = []
                    func send(_ key: String) async throws -> Sender.Answer {
                        let answer = try await sender.send(key: key)
                        if answer.status == 200 {
                            accepted.insert(key)
                        }
                        return answer
                    }

                    for (cycle, mode) in [PrivatePostgres.ShutdownMode.fast, .immediate].enumerated() {
                        for number in 1...10 {
                            #expect(try await send("before-\(cycle)-\(number)").status == 200)
                        }
                        await server.shutDown(mode)
                        for number in 1...5 {
                            let answer = try await send("during-\(cycle)-\(number)")
                            #expect(answer.status == 503)
                            #expect(answer.header("Retry-After") == "7")
                        }
                        #expect(try await ready(adminPort).status == 503)
                        try await server.restart()
                        try await eventually("nothing is accepted again") {
                            try await send("after-\(cycle)").status == 200
                        }
                        // The sender repeats what was refused.
                        for number in 1...5 {
                            try await eventually("what was refused is not accepted") {
                                try await send("during-\(cycle)-\(number)").status == 200
                            }
                        }
                        try await eventually("the program is not ready") { try await ready(adminPort).status == 200 }
                    }

                    try await scene.database.waitUntilDrained()
                    let deliveries = try await scene.database.deliveries()
                    #expect(accepted.symmetricDifference(deliveries.keys) == [])
                    let handled = try await scene.database.handledPairs()
                    #expect(handled.count == Set(handled).count)
                    #expect(Set(handled.map(\.delivery)).symmetricDifference(deliveries.values) == [])
                    #expect(try await program.stop() == .exited(0))
                }
            }
        }
    }

    private func ready(_ port: Int) async throws -> Sender.Answer {
        try await Sender.get("/health/ready", port: port)
    }

    private func withServer(in directory: String, _ body: (PrivatePostgres) async throws -> Void) async throws {
        let server = try await PrivatePostgres.start(.init(directory: directory))
        do {
            try await body(server)
            await server.stop()
        } catch {
            await server.stop()
            throw error
        }
    }
}
