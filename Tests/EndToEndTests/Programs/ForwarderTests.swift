import FoundationEssentials
import PostroomCore
import PostroomSources
import ProgramHarness
import Testing

@Suite("Forwarders", .timeLimit(.minutes(10)))
struct ForwarderTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let libraries = ProcessInfo.processInfo.environment["POSTROOM_PYTHON_LIBRARIES"]

    /// A receiver in Python: it verifies each request with the library of Standard Webhooks, asks for each event to be sent
    /// once more, and writes down what it took.
    private static let receiver = #"""
        import http.server, json, sys
        sys.path.insert(0, sys.argv[1])
        from standardwebhooks import Webhook, WebhookVerificationError

        webhook, seen = Webhook(sys.argv[2]), set()

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    event = webhook.verify(body, dict(self.headers))
                except WebhookVerificationError as error:
                    return self.answer(400, str(error))
                key = self.headers["webhook-id"]
                if key not in seen:
                    seen.add(key)
                    return self.answer(503, "not yet, said a stranger", ("Retry-After", "0"))
                with open(sys.argv[3], "a") as journal:
                    fields = {name.lower(): value for name, value in self.headers.items()}
                    journal.write(json.dumps({"event": event, "fields": fields}) + "\n")
                self.answer(204, "")

            def answer(self, status, text, *fields):
                self.send_response(status)
                for name, value in fields:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        print(server.server_port, flush=True)
        server.serve_forever()
        """#

    private func write(_ handlers: String, for scene: Scene, endpoints: String? = nil) throws {
        try scene.folder.write(
            """
            database: {url: "\(scene.database.connectionString)"}
            receiver: {host: 127.0.0.1, port: 0}
            admin: {host: 127.0.0.1, port: 0}
            endpoints:
              \(endpoints ?? #"hooks: {source: standard-webhooks, secrets: ["env:E2E_SECRET"]}"#)
            worker: {lease: 2s}
            log: {format: json, level: debug}
            handlers:
            \(handlers)
            """,
            to: "postroom.yaml"
        )
    }

    @Test(
        "from GitHub to a receiver in Python that verifies with the library of Standard Webhooks, by YAML alone",
        .enabled(if: ForwarderTests.libraries != nil, "needs the libraries that deploy/test installs")
    )
    func python() async throws {
        try await Scene.with { scene in
            let script = try scene.folder.write(Self.receiver, to: "receiver.py")
            let journal = scene.folder.file("received")
            let arguments = [script, try #require(Self.libraries), Self.secret, journal]
            let receiver = Program(name: "/usr/bin/python3", arguments: arguments)
            try await RunningProgram.with(receiver, in: scene.folder) { receiver in
                let port = try await eventually("no port of the receiver") {
                    Int(TestFolder.read(receiver.outputPath).split(separator: "\n").first ?? "")
                }
                try write(
                    """
                      app:
                        events: "github:*"
                        http:
                          url: "http://127.0.0.1:\(port)/hooks"
                          sign: standard-webhooks
                          secret: "env:APP_SECRET"
                          allow-private: true
                    """,
                    for: scene,
                    endpoints: #"github: {source: github, secrets: ["env:GITHUB_SECRET"]}"#
                )
                let environment = ["GITHUB_SECRET": "a secret of GitHub", "APP_SECRET": Self.secret]
                try await scene.serve(role: "all", environment: environment) { program in
                    try await scene.database.waitForWorkers()
                    let sender = Sender(port: try await program.receiverPort())
                    for number in 1...20 {
                        let body = Array(#"{"action":"opened","number":\#(number),"text":"né 😀"}"#.utf8)
                        let request = try SourceRegistry.builtIn.sign(
                            UnsignedRequest(
                                body: body,
                                id: "",
                                now: Date(),
                                fields: [
                                    (name: "X-GitHub-Event", value: "issues"),
                                    (name: "X-GitHub-Delivery", value: "delivery-\(number)"),
                                ]
                            ),
                            as: "github",
                            secrets: [Secret("a secret of GitHub")]
                        )
                        #expect(try await sender.post(request.headers, request.body, to: "github").status == 200)
                    }
                    try await eventually("not all was received") {
                        TestFolder.read(journal).split(separator: "\n").count >= 20
                    }
                    try await scene.database.waitUntilDrained()
                    #expect(!program.log.text.contains(Self.secret))
                    #expect(!program.log.text.contains("said a stranger"))
                    #expect(program.log.text.contains("answered 503"))
                }
                let received = try TestFolder.read(journal).split(separator: "\n")
                    .map { try JSONValue(text: String($0)) }
                #expect(Set(received.compactMap { $0["event"]?["number"]?.integer }) == Set(1...20))
                #expect(Set(received.compactMap { $0["fields"]?["webhook-id"]?.text }).count == 20)
                #expect(received.allSatisfy { $0["fields"]?["postroom-attempt"]?.text == "2" })
                #expect(received.allSatisfy { $0["fields"]?["postroom-event-type"]?.text == "issues.opened" })
                let failures = try await scene.database.query("SELECT DISTINCT error FROM postroom.failed_attempt")
                #expect(failures == [["answered 503 Service Unavailable\nnot yet, said a stranger"]])
            }
        }
    }

    @Test("a function has its effect exactly once, through failures, deaths of the program and a replay")
    func function() async throws {
        try await Scene.with { scene in
            for statement in [
                "CREATE SCHEMA crm",
                "CREATE TABLE crm.effect (key text, attempt integer, body jsonb, headers jsonb, type text)",
                #"""
                CREATE FUNCTION crm.on_event(
                    attempt integer, delivery_id bigint, endpoint text, source text, event_type text, body bytea,
                    headers jsonb, idempotency_key text, extra text DEFAULT 'x'
                ) RETURNS void LANGUAGE plpgsql AS $$
                DECLARE
                    given CONSTANT jsonb := convert_from(body, 'UTF8')::jsonb;
                BEGIN
                    INSERT INTO crm.effect VALUES (given ->> 'key', attempt, given, headers, event_type);
                    PERFORM pg_sleep(0.05);
                    IF given ->> 'key' = 'broken' THEN
                        RAISE EXCEPTION 'no such customer: %', given ->> 'text' USING ERRCODE = 'UP001';
                    ELSIF given ->> 'key' = 'flaky' AND attempt < 3 THEN
                        RAISE EXCEPTION 'not yet';
                    ELSIF given ->> 'key' = 'slow' AND attempt = 1 THEN
                        PERFORM pg_sleep(60);
                    END IF;
                END $$
                """#,
            ] {
                _ = try await scene.database.query(statement)
            }
            let forwarder = """
                  crm:
                    events: "*:*"
                    sql: {function: crm.on_event}
                    retry: {first-delay: 100ms, multiplier: 1}
                    timeout: 1s
                """
            try write(forwarder, for: scene)
            let keys = (1...60).map { "key-\($0)" }
            try await scene.serve(role: "all") { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(keys: keys)
                try await sender.accept(key: "flaky", body: #"{"type":"a.b","key":"flaky"}"#)
                try await sender.accept(key: "slow", body: #"{"type":"a.b","key":"slow"}"#)
                try await sender.accept(key: "broken", body: #"{"type":"a.b","key":"broken","text":"personal"}"#)
                try await eventually("nothing has begun") {
                    try await scene.database.count("SELECT count(*) FROM crm.effect") > 5
                }
                try await program.crash()
            }
            try await scene.serve(role: "worker") { program in
                try await scene.database.waitUntilDrained()
                #expect(!program.log.text.contains("personal"))
            }
            let effects = try await scene.database.query(
                "SELECT key, count(*) FROM crm.effect GROUP BY key HAVING count(*) <> 1 OR key = 'broken'"
            )
            #expect(effects.isEmpty, "\(effects)")
            let handled = try await scene.database.count("SELECT count(*) FROM crm.effect")
            #expect(handled == keys.count + 2)
            let flaky = try await scene.database.query(
                "SELECT attempt >= 3, type, headers ->> 'webhook-id' FROM crm.effect WHERE key = 'flaky'"
            )
            #expect(flaky == [["t", "a.b", "flaky"]])
            let letters = try await scene.database.query("SELECT reason, error FROM postroom.dead_letter")
            #expect(letters.map(\.first) == [["permanent"][0]])
            let error = letters.first?.last.flatMap(\.self) ?? ""
            #expect(error.hasPrefix("crm.on_event failed with SQLSTATE UP001\n"))
            #expect(error.contains("no such customer: personal"))
        }
    }

    @Test("a program is ended at its timeout, and what it wrote is kept where people look")
    func program() async throws {
        try await Scene.with { scene in
            let script = try scene.folder.write("cat; echo \" from $POSTROOM_ENDPOINT\" >&2; exit 1", to: "script")
            try write(
                """
                  slow:
                    events: ["standard-webhooks:slow"]
                    exec: {command: [/bin/sh, -c, "sleep 60"]}
                    retry: {attempts: 1}
                    timeout: 300ms
                  failing:
                    events: ["*:other"]
                    exec: {command: [/bin/sh, "\(script)"], path: "/usr/bin:/bin"}
                    retry: {attempts: 1}
                """,
                for: scene
            )
            try await scene.serve(role: "all") { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                try await sender.accept(key: "1", body: #"{"type":"slow"}"#)
                try await sender.accept(key: "2", body: #"{"type":"other","name":"personal"}"#)
                try await eventually("not both are dead") {
                    try await scene.database.count("SELECT count(*) FROM postroom.dead_letter") == 2
                }
                #expect(!program.log.text.contains("personal"))
            }
            let listed = try await scene.verb("handlers", "list", "--json")
            guard case .array(let handlers) = try listed.json else { throw Unexpected(listed.output) }
            #expect(handlers.compactMap { $0["kind"]?.text } == ["exec", "exec"])
            let letters = try await scene.database.query(
                "SELECT handler, error FROM postroom.dead_letter ORDER BY handler"
            )
            #expect(
                letters == [
                    ["failing", "exited with 1\n{\"type\":\"other\",\"name\":\"personal\"} from hooks\\n"],
                    ["slow", "timed out after 0.3 seconds"],
                ]
            )
        }
    }

    @Test("jobs of one key run one after the other, by the key that the configuration names and within its limits")
    func order() async throws {
        try await Scene.with { scene in
            for statement in [
                "CREATE SCHEMA crm",
                "CREATE TABLE crm.run (run bigserial, customer text, number integer)",
                #"""
                CREATE FUNCTION crm.on_event(
                    attempt integer, delivery_id bigint, endpoint text, source text, event_type text, body bytea,
                    headers jsonb, idempotency_key text
                ) RETURNS void LANGUAGE plpgsql AS $$
                DECLARE
                    given CONSTANT jsonb := convert_from(body, 'UTF8')::jsonb;
                BEGIN
                    IF (given ->> 'number')::integer % 4 = 0 AND attempt = 1 THEN
                        RAISE EXCEPTION 'not yet';
                    END IF;
                    INSERT INTO crm.run (customer, number)
                    VALUES (given #>> '{data,customer}', (given ->> 'number')::integer);
                END $$
                """#,
            ] {
                _ = try await scene.database.query(statement)
            }
            try write(
                """
                  crm:
                    events: "*:*"
                    sql: {function: crm.on_event}
                    retry: {first-delay: 50ms, multiplier: 1}
                    order: by-key
                    order-key: {json: data.customer}
                    global-concurrency: 4
                    per-key: {concurrency: 1, json: data.customer}
                """,
                for: scene
            )
            try await scene.serve(role: "all") { program in
                try await scene.database.waitForWorkers()
                let sender = Sender(port: try await program.receiverPort())
                for number in 1...12 {
                    for customer in 1...3 {
                        let body = #"{"type":"a.b","number":\#(number),"data":{"customer":"customer-\#(customer)"}}"#
                        try await sender.accept(key: "\(customer)-\(number)", body: body)
                    }
                }
                try await scene.database.waitUntilDrained()
            }
            let numbers = try await scene.database.query(
                "SELECT customer, string_agg(number::text, ' ' ORDER BY run) FROM crm.run GROUP BY customer ORDER BY 1"
            )
            let all = (1...12).map(String.init).joined(separator: " ")
            #expect(numbers == (1...3).map { ["customer-\($0)", all] })
            let listed = try await scene.verb("handlers", "list", "--json")
            guard case .array(let handlers) = try listed.json else { throw Unexpected(listed.output) }
            #expect(handlers.first?["limits"]?["global_concurrency"]?.integer == 4)
        }
    }
}
