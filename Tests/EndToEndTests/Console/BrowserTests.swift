import FoundationEssentials
import ProgramHarness
import Subprocess
import Testing

@Suite("The console in a browser", .enabled(if: Chromium.path != nil, "needs Chromium"))
struct BrowserTests {
    private static let token = "a-token-for-the-browser-test"

    /// The folder that gets pictures for the guide, where somebody asks for them.
    private static var pictures: String? {
        ProcessInfo.processInfo.environment["POSTROOM_CONSOLE_PICTURES"]
    }

    /// A text that would do something on a page that did not escape it.
    private static let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u{202E}gnp"

    @Test(
        "somebody logs in, finds the failing handler, replays, mends it when the replay has stopped, and sees all handled",
        arguments: ["script", "plain"]
    )
    func incident(mode: String) async throws {
        try await Scene.with { scene in
            let outage = try scene.folder.write("", to: "outage")
            let environment = [
                "TESTWORKER_BROKEN": "billing.sync", "TESTWORKER_OUTAGE": outage,
                "POSTROOM_ADMIN_CONSOLE_ACTING_TOKENS": "env:CONSOLE_TOKEN", "CONSOLE_TOKEN": Self.token,
            ]
            let handlers = ["billing.sync", "crm.sync"]
            try await scene.serve(handlers: handlers, environment: environment) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                for number in 1...24 {
                    try await sender.accept(key: "invoice-\(number)")
                }
                _ = try await sender.send(
                    key: "hostile",
                    bytes: Array("{\"type\":\"x\",\"password\":\"hunter2\"}".utf8),
                    headers: [(name: "X-Hostile", value: Self.hostile)]
                )
                try await scene.database.waitUntilDrained()
                try await makeHostile(scene.database)
                // A page without scripts stays as it is: what it tells has to be counted before.
                try await eventually("the dead letters are not counted") {
                    try await scene.database.count("SELECT coalesce(sum(letters), 0) FROM postroom.letter_figure") == 25
                }
                if Self.pictures != nil {
                    try await makeHistory(scene.database)
                }
                let port = try await program.adminPort()
                let seen = try await walk("http://localhost:\(port)/console", outage, mode, scene.folder)
                #expect(seen["violations"]?.elements.isEmpty == true, "\(String(describing: seen["violations"]))")
                #expect(seen["letters"]?.integer == 25)
                #expect(seen["before"]?.text?.contains("you") == true)
                #expect(seen["stopped"]?.text?.contains("of billing.sync failed again") == true)
                #expect(seen["after"]?.text?.contains("need") == false)
                #expect(try await scene.database.deadPairs().isEmpty)
                let handled = Set(try await scene.database.handledPairs())
                #expect(handled.count == 50)
                let actions = try await scene.database.query(
                    "SELECT DISTINCT actor, action FROM postroom.audit WHERE actor <> 'postroom' ORDER BY action"
                )
                #expect(
                    actions.contains(["ada", "replay_dead_letters"]) && actions.contains(["ada", "replay_running"])
                )
            }
        }
    }

    /// Puts texts that no producer would send where the pages show them.
    private func makeHostile(_ database: Database) async throws {
        let text = "'" + Self.hostile.replacing("'", with: "''") + "'"
        try await database.query("INSERT INTO postroom.audit (actor, action, detail) VALUES (\(text), \(text), '{}')")
        try await database.query("UPDATE postroom.delivery SET event_type = \(text) WHERE idempotency_key = 'hostile'")
        for (kind, detail) in [("refusal", text), ("request", "'accepted'")] {
            try await database.query("INSERT INTO postroom.flow VALUES (now(), '\(kind)', \(text), \(detail), 1)")
        }
        try await database.query("UPDATE postroom.dead_letter SET error = \(text), event_type = \(text) WHERE id = 1")
    }

    /// Gives the plots of a picture an hour to show, in which a handler begins to fail.
    private func makeHistory(_ database: Database) async throws {
        try await database.query(
            """
            INSERT INTO postroom.flow
            SELECT date_trunc('minute', now()) - make_interval(mins => i), kind, name, detail,
                   round(base * (1 + 0.3 * sin(i / 8.0) + 0.12 * sin(i * 1.7))
                         * CASE WHEN detail = 'retried' AND i > 16 THEN 0.04 ELSE 1 END)
            FROM generate_series(1, 60) AS i,
                 (VALUES ('request', 'hooks', 'accepted', 790), ('attempt', 'crm.sync', 'handled', 780),
                         ('attempt', 'billing.sync', 'handled', 700), ('attempt', 'billing.sync', 'retried', 74),
                         ('duration', 'crm.sync', '13', 780), ('duration', 'billing.sync', '15', 770))
                     AS f (kind, name, detail, base)
            ON CONFLICT DO NOTHING
            """
        )
        try await database.query(
            """
            INSERT INTO postroom.trend
            SELECT date_trunc('minute', now()) - make_interval(mins => i), 0, 0, 0,
                   CASE WHEN i < 17 THEN (17 - i) * 29 ELSE 0.3 END
            FROM generate_series(1, 60) AS i ON CONFLICT DO NOTHING
            """
        )
    }

    /// Walks through the console, and returns what was seen.
    private func walk(_ base: String, _ outage: String, _ mode: String, _ folder: TestFolder) async throws -> JSONValue
    {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "browser.py").path
        let pictures = mode == "script" ? Self.pictures ?? "" : ""
        let arguments = [
            script, Chromium.path ?? "", base, Self.token, "billing.sync", outage, mode, pictures,
        ]
        let result = try await Program(name: "/usr/bin/env", arguments: ["python3"] + arguments).run(in: folder)
        guard result.status == .exited(0) else { throw Unexpected("the browser: \(result.errors)") }
        return try result.json
    }
}

/// The browser of this machine.
private enum Chromium {
    /// The path of its program, or `nil` where there is none.
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}
