import FoundationEssentials
import ProgramHarness
import Subprocess
import Testing

@Suite("A producer of a package outside the tree")
struct OutsideSourceTests {
    private static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Packages/PartnerWorker").path
    private static let paid =
        #"{"event":{"name":"invoice.paid"},"invoice":"in_7","cents":1200,"customer":{"iban":"DE02"}}"#

    /// The forwarder of the producer's invoices, as it stands in the configuration.
    private static func forwarder(_ script: String) -> String {
        """
        handlers: {ledger.forward: {events: "partner:invoice.*", exec: {command: [/bin/sh, "\(script)"], path: "/usr/bin:/bin"}}}
        """
    }

    @Test("takes at most 40 lines, with two events, a handler and a forwarder")
    func size() {
        let text = TestFolder.read("\(Self.package)/Sources/PartnerWorker/PartnerWorker.swift")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(!lines.isEmpty && lines.count <= 40, "\(lines.count) lines")
        #expect(lines.allSatisfy { $0.utf8.count <= 120 })
        #expect(lines.count + Self.forwarder("receive.sh").split(separator: "\n").count <= 40)
    }

    @Test("is in the catalogue, and its bodies are decoded field by field, with sensitive ones masked")
    func catalogue() async throws {
        try await Scene.withFolder { folder in
            let listed = try await Program(name: "OutsideWorker", arguments: ["sources", "partner", "--json"])
                .run(in: folder)
            #expect(try listed.json.elements.map { $0["type"]?.text } == ["invoice.paid", "invoice.voided"])
            #expect(try listed.json.elements.first?["swift_type"]?.text == "InvoicePaid")

            try folder.write(Self.paid, to: "body.json")
            let arguments = ["decode", "partner", "body.json", "--header", "X-Id=in-7", "--json"]
            let decoded = try await Program(name: "OutsideWorker", arguments: arguments).run(in: folder)
            #expect(decoded.status == .exited(0), "\(decoded.errors)")
            #expect(try decoded.json["type"]?.text == "invoice.paid")
            #expect(try decoded.json["key"]?.text == "in-7")
            #expect(try decoded.json["fields"]?.elements.contains { $0["value"]?.text == "in_7" } == true)
            #expect(!decoded.output.contains("DE02"))

            try folder.write(Self.paid.replacing("1200", with: "null"), to: "body.json")
            let misfit = try await Program(name: "OutsideWorker", arguments: ["decode", "partner", "body.json"])
                .run(in: folder)
            #expect(misfit.status == .exited(1))
            #expect(misfit.errors.contains("cents"), "\(misfit.errors)")

            let plain = try await Program.postroom("sources", "partner").run(in: folder)
            #expect(plain.status == .exited(64))
        }
    }

    @Test("is received, handled, forwarded and shown like any other, and a spoiled signature of it is refused")
    func receives() async throws {
        try await Scene.with { scene in
            let forwarded = scene.folder.file("forwarded.json")
            try scene.folder.write("cat > '\(forwarded)'\n", to: "receive.sh")
            try scene.folder.write(
                """
                database: {url: "\(scene.database.connectionString)"}
                receiver: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                endpoints:
                  partner: {source: partner, secrets: ["env:E2E_SECRET"]}
                \(Self.forwarder(scene.folder.file("receive.sh")))
                log: {format: json}
                """,
                to: "postroom.yaml"
            )
            func worker(_ arguments: String...) -> Program {
                Program(name: "OutsideWorker", arguments: arguments, environment: scene.environment)
            }
            try await RunningProgram.with(worker("serve"), in: scene.folder) { program in
                try await scene.database.waitForWorkers()
                let url = "http://127.0.0.1:\(try await program.receiverPort())"
                for extra in [[], ["--invalid-signature"]] {
                    var send = worker("send", "partner", "invoice.paid", "--url", url, "--secret", "env:E2E_SECRET")
                    send.arguments += extra
                    let result = try await send.run(in: scene.folder)
                    #expect(result.status == .exited(0), "\(extra): \(result.errors)")
                }
                try await scene.database.waitUntilDrained()
                let paid = try await program.logged("paid")
                #expect(paid["cents"] == "1200")
                let arrived = TestFolder.read(forwarded)
                #expect(arrived.contains(#""event":{"name":"invoice.paid"}"#), "\(arrived)")
                #expect(arrived.contains(#""iban":"DE02120300000000202051""#), "\(arrived)")
                let list = try await worker("deliveries", "list", "--json").run(in: scene.folder)
                let found = try list.json.elements
                #expect(found.count == 1)
                let id = try #require(found.first?["id"]?.integer)
                let show = try await worker("deliveries", "show", "\(id)", "--body").run(in: scene.folder)
                #expect(show.output.contains("•••") && !show.output.contains("DE02"), "\(show.output)")
            }
        }
    }

    @Test(
        "that only an instance registers is known to every verb, and an instance that can't start is told of in one line"
    )
    func ofAnInstance() async throws {
        try await Scene.with { scene in
            let yaml = TestFolder.read(scene.folder.file("postroom.yaml"))
            try scene.folder.write(
                yaml.replacing("source: standard-webhooks", with: "source: shop"),
                to: "postroom.yaml"
            )
            func worker(_ arguments: String...) -> Program {
                Program(name: "InstanceWorker", arguments: arguments, environment: scene.environment)
            }
            let listed = try await worker("sources", "shop", "--json").run(in: scene.folder)
            #expect(try listed.json.elements.map { $0["type"]?.text } == ["order.paid"], "\(listed.errors)")
            #expect(try await worker("config", "check").run(in: scene.folder).status == .exited(0))
            try await RunningProgram.with(worker("serve"), in: scene.folder) { program in
                try await scene.database.waitForWorkers()
                let url = "http://127.0.0.1:\(try await program.receiverPort())/hooks/hooks"
                let send = worker("send", "shop", "order.paid", "--url", url, "--secret", "env:E2E_SECRET")
                let sent = try await send.run(in: scene.folder)
                #expect(sent.status == .exited(0), "\(sent.errors)")
                #expect(try await program.logged("paid")["shop"] == "corner")
                try await scene.database.waitUntilDrained()
            }
            var closed = worker("sources", "shop")
            closed.environment["INSTANCEWORKER_NO_START"] = "yes"
            let failed = try await closed.run(in: scene.folder)
            #expect(failed.status == .exited(1))
            #expect(failed.errors.contains("the program can't start: "), "\(failed.errors)")
            #expect(failed.errors.contains("the shop is closed"), "\(failed.errors)")
        }
    }

    @Test("whose name is taken, or that lists another's event, ends the program in words before it does anything")
    func refused() async throws {
        try await Scene.withFolder { folder in
            for (name, words) in [
                ("stripe", "the name of the source 'stripe' is taken"), ("Our Shop", "a source is named 'Our Shop'"),
                ("shop", "lists"),
            ] {
                let program = Program.worker("sources", environment: ["TESTWORKER_SOURCE": name])
                let result = try await program.run(in: folder)
                #expect(result.status == .exited(64))
                #expect(result.errors.contains(words), "\(result.errors)")
            }
        }
    }
}
