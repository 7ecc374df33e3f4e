import Glibc
import PrivatePostgres
import ProgramHarness
import Subprocess
import SystemPackage
import Testing

@Suite("A disk that is full", .timeLimit(.minutes(10)))
struct DiskFullTests {
    @Test(
        "is answered 503, and deliveries flow again within five seconds of there being room",
        .enabled(if: geteuid() == 0 && access("/bin/mount", X_OK) == 0, "a small file system takes root")
    )
    func tablespace() async throws {
        try await OwnServer.with { server in
            let scene = try await server.scene()
            try await withSmallDisk(server) { disk in
                try await scene.database.query("CREATE TABLESPACE small LOCATION '\(disk)'")
                let today = "SELECT to_char(now(), 'YYYYMMDD')"
                let part = try await scene.database
                    .query(
                        """
                        SELECT inhrelid::regclass::text FROM pg_inherits
                        WHERE inhparent = 'postroom.delivery'::regclass AND inhrelid::regclass::text LIKE '%' || (\(today))
                        """
                    )
                    .first?
                    .first.flatMap(\.self)
                try await scene.database.query(
                    "ALTER TABLE \(try #require(part, "today's partition")) SET TABLESPACE small"
                )
                try await scene.serve(handlers: ["crm"]) { program in
                    try await scene.database.waitForWorkers()
                    let sender = Sender(port: try await program.receiverPort())
                    // Random text, as Postgres compresses what repeats itself.
                    var random = SystemRandomNumberGenerator()
                    func filler() -> String { (0..<8_000).map { _ in String(random.next(), radix: 36) }.joined() }
                    var accepted = 0
                    let refused = try await eventually("the disk is not full", within: .seconds(30)) {
                        let answer = try await sender.send(key: "full-\(accepted + 1)", body: filler())
                        accepted += answer.status == 200 ? 1 : 0
                        return answer.status == 200 ? nil : answer
                    }
                    #expect(refused.status == 503)
                    #expect(refused.header("Retry-After") != nil)
                    let full = program.log.entries.contains { $0.fields["error"]?.text?.contains("53100") == true }
                    #expect(full, "the log says why")
                    try await Self.run("/bin/mount", "-o", "remount,size=64m", disk)
                    try await eventually("nothing is accepted", within: .seconds(5)) {
                        try await sender.send(key: "room", body: filler()).status == 200
                    }
                    try await scene.database.waitUntilDrained()
                    #expect(try await scene.database.count("SELECT count(*) FROM postroom.delivery") == accepted + 1)
                    #expect(try await scene.database.handledPairs().count == accepted + 1)
                    #expect(try await program.stop() == .exited(0))
                }
            }
        }
    }

    private func withSmallDisk(_ server: OwnServer, _ body: (String) async throws -> Void) async throws {
        let disk = server.folder.file("small")
        mkdir(disk, 0o755)
        try await Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk)
        do {
            var status = stat()
            stat(server.postgres.folders.data, &status)
            chown(disk, status.st_uid, status.st_gid)
            try await body(disk)
            try await Self.run("/bin/umount", "-l", disk)
        } catch {
            try await Self.run("/bin/umount", "-l", disk)
            throw error
        }
    }

    private static func run(_ program: String, _ arguments: String...) async throws {
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            output: .discarded,
            error: .string(limit: 4096)
        )
        guard result.terminationStatus == .exited(0) else { throw Unexpected("\(program): \(result.standardError)") }
    }
}
