import PrivatePostgres
import ProgramHarness
import TestSupport
import Testing

@Suite("Readiness")
struct ReadinessTests {
    private static let maintenance = """
        FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'postroom maintenance'
        """

    struct Busy: CustomTestStringConvertible, Sendable {
        let name: String
        let role: String
        let handlers: [String]

        var testDescription: String { name }
    }

    @Test(
        "is told at once while the maintenance connection is held by a slow statement",
        arguments: [
            Busy(name: "of a receiver", role: "receiver", handlers: []),
            Busy(name: "of a worker", role: "worker", handlers: ["crm"]),
            Busy(name: "of both", role: "all", handlers: ["crm"]),
        ]
    )
    func slowMaintenance(row: Busy) async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: row.handlers, role: row.role) { program in
                let port = try await program.adminPort()
                try await eventually("the program is not ready") { try await Self.ready(port).status == 200 }
                // What a scrape reads first takes as long as beside millions of rows.
                try await scene.database.query("ALTER VIEW postroom.status RENAME TO quick_status")
                try await scene.database.query(
                    "CREATE VIEW postroom.status AS SELECT quick_status.* FROM postroom.quick_status, pg_sleep(12)"
                )
                let isHeld = "SELECT count(*) \(Self.maintenance) AND wait_event = 'PgSleep'"
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await Sender.get("/metrics", port: port) }
                    try await eventually("maintenance is not held") { try await scene.database.count(isHeld) == 1 }
                    var waits: [Duration] = []
                    for _ in 0..<20 {
                        let start = ContinuousClock.now
                        let answer = try await Self.ready(port)
                        waits.append(ContinuousClock.now - start)
                        #expect(answer.status == 200, "\(answer.body)")
                    }
                    #expect(try await scene.database.count(isHeld) == 1, "it was held meanwhile")
                    #expect(waits.sorted()[10] < .milliseconds(100), "\(waits)")
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("does not hang on a maintenance connection that is lost")
    func lostMaintenance() async throws {
        try await Scene.with { scene in
            try await scene.serve(role: "receiver") { program in
                let port = try await program.adminPort()
                let sender = Sender(port: try await program.receiverPort())
                try await eventually("the program is not ready") { try await Self.ready(port).status == 200 }
                for number in 0..<5 {
                    try await scene.database.query("SELECT pg_terminate_backend(pid) \(Self.maintenance)")
                    for _ in 0..<10 {
                        let answer = try await Self.ready(port)
                        #expect(answer.status == 200, "\(answer.body)")
                    }
                    try await sender.accept(key: "meanwhile-\(number)")
                }
            }
        }
    }

    @Test("ends within a second of Postgres, within ten of a schema that is gone, and comes back with them")
    func gone() async throws {
        try await Scene.withFolder { folder in
            let server = try await PrivatePostgres.start(.init(directory: folder.file("pg")))
            do {
                let scene = try Scene(folder: folder, database: server.connectionString)
                _ = try await scene.verb("migrate")
                try await scene.serve(role: "receiver") { program in
                    let port = try await program.adminPort()
                    try await eventually("the program is not ready") { try await Self.ready(port).status == 200 }
                    try await scene.database.query("ALTER SCHEMA postroom RENAME TO put_aside")
                    try await eventually("the missing schema is not told", within: .seconds(10)) {
                        let answer = try await Self.ready(port)
                        return answer.status == 503 && answer.body.contains("run 'postroom migrate'")
                    }
                    try await scene.database.query("ALTER SCHEMA put_aside RENAME TO postroom")
                    try await eventually("the program is not ready again", within: .seconds(10)) {
                        try await Self.ready(port).status == 200
                    }
                    await server.shutDown(.fast)
                    try await eventually("the lost server is not told", within: .seconds(1)) {
                        try await Self.ready(port).status == 503
                    }
                    try await server.restart()
                    try await eventually("the program is not ready after the restart") {
                        try await Self.ready(port).status == 200
                    }
                }
                await server.stop()
            } catch {
                await server.stop()
                throw error
            }
        }
    }

    private static func ready(_ port: Int) async throws -> Sender.Answer {
        try await Sender.get("/health/ready", port: port)
    }
}
