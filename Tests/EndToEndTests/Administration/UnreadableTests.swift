import ProgramHarness
import Subprocess
import Testing

@Suite("Authentic deliveries without a readable type")
struct UnreadableTests {
    private static let bodies: [(key: String, reason: String, bytes: [UInt8])] = [
        ("twice", "duplicate-member", Array(#"{"type":"invoice.paid","type":"invoice.voided"}"#.utf8)),
        ("zero", "trailing-bytes", Array(#"{"type":"invoice.paid"}"#.utf8) + [0]),
        ("bytes", "not-utf8", Array(#"{"type":"invoice"#.utf8) + [0xFF] + Array(#""}"#.utf8)),
    ]

    @Test(
        "are answered 200, counted, listed with the reason and shown with it; those that can be read are in none of these"
    )
    func told() async throws {
        try await Scene.with { scene in
            try scene.folder.write(
                """
                database: {url: "\(scene.database.connectionString)"}
                receiver: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                endpoints:
                  hooks: {source: standard-webhooks, secrets: ["env:E2E_SECRET"], event-type: {json: type}}
                log: {format: json}
                """,
                to: "postroom.yaml"
            )
            try await scene.serve(handlers: ["crm"]) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                var ids: [String: Int64] = [:]
                for body in Self.bodies {
                    let answer = try await sender.send(key: body.key, bytes: body.bytes)
                    #expect(answer.status == 200)
                    ids[body.key] = answer.id
                }
                let withMark = try await sender.send(
                    key: "mark",
                    bytes: [0xEF, 0xBB, 0xBF] + Array(#"{"type":"a.b"}"#.utf8)
                )
                #expect(withMark.status == 200)
                try await scene.database.waitUntilDrained()

                let page = try await Sender.get("/metrics", port: try await program.adminPort()).body
                for body in Self.bodies {
                    let reason = "reason=\"\(body.reason)\""
                    let series = page.split(separator: "\n")
                        .filter { $0.hasPrefix("postroom_intake_unreadable_total{") && $0.contains(reason) }
                    #expect(series.count == 1 && series[0].hasSuffix(" 1"), "\(body.reason): \(series)")
                }
                let list = try await scene.verb("deliveries", "list", "--state", "unreadable", "--json")
                #expect(list.status == .exited(0), "\(list.errors)")
                #expect(
                    try list.json.elements.compactMap { $0["id"]?.integer }
                        == Self.bodies.reversed().compactMap { ids[$0.key].map(Int.init) }
                )
                #expect(try list.json.elements.allSatisfy { $0["unreadable"]?.text?.isEmpty == false })
                let show = try await scene.verb("deliveries", "show", "\(try #require(ids["twice"]))", "--json")
                #expect(try show.json["unreadable"]?.text?.hasPrefix("two members have one name") == true)
                let words = try await scene.verb("deliveries", "show", "\(try #require(ids["bytes"]))")
                #expect(words.errors.contains("unreadable: not UTF-8"))
                #expect(try await program.stop() == .exited(0))
            }
        }
    }

    @Test("a replay of kept deliveries reads their types anew, and a body with a byte order mark gets its handler")
    func replayed() async throws {
        try await Scene.with { scene in
            try await scene.serve(handlers: ["crm"]) { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
                let answer = try await sender.send(key: "mark", bytes: mark + Array(#"{"type":"invoice.paid"}"#.utf8))
                let id = try #require(answer.id)
                try await scene.database.waitUntilDrained()
                // As a program without today's rules stored it, for a handler of that type.
                try await scene.database.query("UPDATE postroom.delivery SET event_type = NULL")
                try await scene.database.query(
                    "UPDATE postroom.handler SET patterns = ARRAY['standard-webhooks:invoice.*']"
                )
                let replay = try await scene.verb("deliveries", "replay", "--type", "invoice.paid", "--handler", "crm")
                #expect(replay.status == .exited(0), "\(replay.errors)")
                try await eventually("the delivery is not offered anew") {
                    scene.journal.runs.count { $0.pair == Pair(delivery: id, handler: "crm") } == 2
                }
                try await scene.database.waitUntilDrained()
                #expect(try await scene.database.query("SELECT state, moved FROM postroom.replay") == [["done", "1"]])
                #expect(try await program.stop() == .exited(0))
            }
        }
    }
}
