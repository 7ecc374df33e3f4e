import ProgramHarness
import Testing

@Suite("Bearer tokens")
struct BearerTokenTests {
    private static let token = "tok-7f3a9c21e5b84d06"

    @Test("are nowhere in the inbox or the log, not of deliveries and not of dead letters")
    func notKept() async throws {
        try await Scene.with { scene in
            try scene.folder.write(
                """
                database: {url: "\(scene.database.connectionString)"}
                receiver: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                endpoints:
                  hooks: {source: bearer, secrets: ["env:E2E_TOKEN"]}
                log: {format: json, level: trace}
                """,
                to: "postroom.yaml"
            )
            let environment = ["E2E_TOKEN": Self.token, "TESTWORKER_BROKEN": "crm", "TESTWORKER_ATTEMPTS": "1"]
            try await scene.serve(handlers: ["crm", "audit"], environment: environment) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                let headers = [
                    (name: "AUTHORIZATION", value: "bearer \(Self.token)"), (name: "X-Kept", value: "as it came"),
                ]
                let answer = try await sender.post(
                    headers,
                    Array("{\"type\":\"invoice.paid\",\"key\":\"1\"}".utf8),
                    to: "hooks"
                )
                #expect(answer.status == 200)
                try await scene.database.waitUntilDrained()
                let deadLetters = try await scene.database.count("SELECT count(*) FROM postroom.dead_letter")
                #expect(deadLetters == 1)
                #expect(!program.log.text.contains(Self.token))
            }
            let text = "convert_from(headers, 'LATIN1')"
            let kept = try await scene.database.query("SELECT \(text) FROM postroom.delivery")
            let headers = kept.first?.first.flatMap(\.self) ?? ""
            #expect(headers.contains("AUTHORIZATION: [redacted]\n"))
            #expect(headers.contains("X-Kept: as it came\n"))
            let hex = Self.token.utf8.map { byte in String(UInt16(byte) + 256, radix: 16).dropFirst() }.joined()
            let tables = try await scene.database.query(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'postroom' ORDER BY 1"
            )
            #expect(tables.count > 5)
            for table in tables.compactMap({ $0.first.flatMap(\.self) }) {
                let found = try await scene.database.count(
                    """
                    SELECT count(*) FROM postroom."\(table)" AS one
                    WHERE one::text LIKE '%\(Self.token)%' OR one::text LIKE '%\(hex)%'
                    """
                )
                #expect(found == 0, "\(table)")
            }
        }
    }
}
