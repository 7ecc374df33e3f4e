import FoundationEssentials
import PostroomCore
import PostroomSources
import ProgramHarness
import Testing

@Suite("The examples of the guides to forwarders", .timeLimit(.minutes(10)))
struct ForwarderGuideTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let libraries = ProcessInfo.processInfo.environment["POSTROOM_PYTHON_LIBRARIES"]

    /// The examples in one language that a guide has, in their order.
    private static func examples(of guide: String, in language: String) throws -> [String] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/Postroom/Documentation.docc")
        let text = try String(contentsOf: folder.appending(path: "\(guide).md"), encoding: .utf8)
        return text.split(separator: "```\(language)\n").dropFirst()
            .compactMap { $0.split(separator: "```").first.map(String.init) }
    }

    /// The only example in a language that a guide has.
    private static func example(of guide: String, in language: String) throws -> String {
        let examples = try examples(of: guide, in: language)
        try #require(examples.count == 1)
        return examples[0]
    }

    /// Replaces a text that has to be there.
    private static func replacing(_ old: String, with new: String, in text: String) throws -> String {
        try #require(text.contains(old), "\(old) is not in \(text)")
        return text.replacing(old, with: new)
    }

    private func configure(_ scene: Scene, _ example: String) throws {
        try scene.folder.write(
            """
            database: {url: "\(scene.database.connectionString)"}
            receiver: {host: 127.0.0.1, port: 0}
            admin: {host: 127.0.0.1, port: 0}
            worker: {lease: 2s}
            log: {format: json, level: debug}
            \(example)
            """,
            to: "postroom.yaml"
        )
    }

    private func post(
        _ body: String,
        from source: Source,
        secret: String,
        fields: [(name: String, value: String)] = [],
        to port: Int
    ) async throws {
        let request = try SourceRegistry.builtIn.sign(
            UnsignedRequest(body: Array(body.utf8), id: "", now: Date(), fields: fields),
            as: source,
            secrets: [Secret(secret)]
        )
        let answer = try await Sender(port: port).post(request.headers, request.body, to: source.rawValue)
        #expect(answer.status == 200, "\(answer.body)")
    }

    @Test(
        "the receiver in Python takes what the configuration beside it sends on from GitHub",
        .enabled(if: ForwarderGuideTests.libraries != nil, "needs the libraries that deploy/test installs")
    )
    func url() async throws {
        try await Scene.with { scene in
            let script = try Self.replacing(
                #"http.server.ThreadingHTTPServer(("127.0.0.1", 9000), Receiver).serve_forever()"#,
                with: """
                    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
                    print(server.server_port, flush=True)
                    server.serve_forever()
                    """,
                in: try Self.example(of: "ForwardToURL", in: "python")
            )
            try scene.folder.write(
                """
                def take(event, headers):
                    with open("received", "a") as journal:
                        journal.write(f"{event['number']} {headers['Postroom-Event-Type']}\\n")
                    return True
                """,
                to: "app.py"
            )
            let receiver = Program(
                name: "/usr/bin/python3",
                arguments: [try scene.folder.write(script, to: "receiver.py")],
                environment: ["PYTHONPATH": try #require(Self.libraries), "APP_SECRET": Self.secret]
            )
            try await RunningProgram.with(receiver, in: scene.folder) { receiver in
                let port = try await eventually("no port of the receiver") {
                    Int(TestFolder.read(receiver.outputPath).split(separator: "\n").first ?? "")
                }
                let yaml = try Self.example(of: "ForwardToURL", in: "yaml")
                try configure(scene, try Self.replacing(":9000/", with: ":\(port)/", in: yaml))
                let environment = ["GITHUB_SECRET": "a secret of GitHub", "APP_SECRET": Self.secret]
                try await scene.serve(role: "all", environment: environment) { program in
                    try await scene.database.waitForWorkers()
                    let inbox = try await program.receiverPort()
                    for number in 1...3 {
                        try await post(
                            #"{"action":"opened","number":\#(number)}"#,
                            from: "github",
                            secret: "a secret of GitHub",
                            fields: [
                                (name: "X-GitHub-Event", value: "issues"),
                                (name: "X-GitHub-Delivery", value: "delivery-\(number)"),
                            ],
                            to: inbox
                        )
                    }
                    try await scene.database.waitUntilDrained()
                }
                let received = TestFolder.read(scene.folder.file("received")).split(separator: "\n").sorted()
                #expect(received == ["1 issues.opened", "2 issues.opened", "3 issues.opened"])
                let failures = try await scene.database.query("SELECT error FROM postroom.failed_attempt")
                #expect(failures.isEmpty, "\(failures)")
            }
        }
    }

    @Test("the function keeps the customers, and makes a dead letter of one without an id")
    func function() async throws {
        try await Scene.with { scene in
            let sql = try Self.example(of: "ForwardToFunction", in: "sql")
            for statement in sql.split(separator: "CREATE ") {
                try await scene.database.query("CREATE \(statement)")
            }
            try configure(scene, try Self.example(of: "ForwardToFunction", in: "yaml"))
            try await scene.serve(role: "all", environment: ["STRIPE_SECRET": Self.secret]) { program in
                try await scene.database.waitForWorkers()
                let inbox = try await program.receiverPort()
                for (event, customer) in [
                    ("evt_1", #"{"id":"cus_1","object":"customer","name":"Ada"}"#),
                    ("evt_2", #"{"id":"cus_1","object":"customer","name":"Grace"}"#),
                    ("evt_3", #"{"object":"customer","name":"Nobody"}"#),
                ] {
                    try await post(
                        #"{"id":"\#(event)","type":"customer.updated","data":{"object":\#(customer)}}"#,
                        from: "stripe",
                        secret: Self.secret,
                        to: inbox
                    )
                }
                try await scene.database.waitUntilDrained()
            }
            #expect(
                try await scene.database.query("SELECT id, data ->> 'name' FROM crm.customer") == [["cus_1", "Grace"]]
            )
            let letters = try await scene.database.query("SELECT reason, error FROM postroom.dead_letter")
            #expect(letters.map(\.first) == ["permanent"])
            #expect(letters.first?.last.flatMap(\.self)?.contains("a customer without an id") == true)
        }
    }

    @Test("the script keeps each event in a file")
    func program() async throws {
        try await Scene.with { scene in
            let script = try scene.folder.write(try Self.example(of: "ForwardToProgram", in: "sh"), to: "keep-event")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
            let yaml = try Self.example(of: "ForwardToProgram", in: "yaml")
            try configure(scene, try Self.replacing("/usr/local/bin/keep-event", with: script, in: yaml))
            let environment = ["STRIPE_SECRET": Self.secret, "ARCHIVE_FOLDER": scene.folder.file("archive")]
            let body = #"{"id":"evt_1","type":"customer.updated","data":{"object":{"name":"né"}}}"#
            try await scene.serve(role: "all", environment: environment) { program in
                try await scene.database.waitForWorkers()
                try await post(
                    body,
                    from: "stripe",
                    secret: Self.secret,
                    to: try await program.receiverPort()
                )
                try await scene.database.waitUntilDrained()
            }
            let folder = scene.folder.file("archive/stripe")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.map { TestFolder.read("\(folder)/\($0)") } == [body])
            let failures = try await scene.database.query("SELECT error FROM postroom.failed_attempt")
            #expect(failures.isEmpty, "\(failures)")
        }
    }
}
