import Logging
import PostroomAdmin
import PostroomCore
import PostroomInbox
import PostroomReceiver
import PostroomSources
import PostroomWorker
import Testing

@testable import PostroomConfiguration

@Suite("Reading a configuration file")
struct ConfigurationFileTests {
    @Test("without file and environment there are the defaults")
    func defaults() throws {
        let loaded = try load(nil)
        #expect(loaded.configuration == ProgramConfiguration())
        #expect(loaded.file == nil)
        #expect(loaded.problems.isEmpty)
    }

    @Test(
        "an empty file gives the defaults",
        arguments: ["", "\n", "# nothing\n", "---\n", "{}", "database:\nendpoints:\n"]
    )
    func empty(yaml: String) throws {
        #expect(try load(yaml).configuration == ProgramConfiguration())
    }

    @Test("the file of the contract is read")
    func contract() throws {
        let yaml = """
            database: {url: "postgres:///postroom"}      # or urls: [a, b, c], several whole inboxes
            receiver: {host: 0.0.0.0, port: 8080}
            admin: {host: 127.0.0.1, port: 8081}
            endpoints:
              wacht-prod: {source: wacht, secrets: ["env:WACHT_SECRET"]}
              stripe: {source: stripe, secrets: ["env:STRIPE_SECRET"]}
              partner:                     # a scheme of one's own, as data
                source: custom
                scheme: {header: X-Partner-Signature, prefix: "v1=", encoding: hex, algorithm: sha256, signed: ["{timestamp}", ".", "{body}"], timestamp: {header: X-Partner-Time, tolerance: 5m}}
                event-type: {json: event.name}
                idempotency-key: {header: X-Partner-Id}
                secrets: ["file:/run/secrets/partner"]
            handlers:                      # forwarders: handlers without code
              billing-app: {events: "stripe:invoice.*", http: {url: "https://billing.internal/hooks", sign: standard-webhooks, secret: "env:BILLING_SECRET"}}
            worker: {concurrency: 64}
            retention: {deliveries: 30d, idempotency-keys: 30d, dead-letters: keep}
            """
        let loaded = try load(yaml)
        let configuration = loaded.configuration
        #expect(loaded.problems.isEmpty)
        #expect(configuration.database.connectionString == "postgres:///postroom")
        #expect(configuration.endpoints.map(\.name.rawValue) == ["wacht-prod", "stripe", "partner"])
        #expect(configuration.endpoint("wacht-prod")?.source == .wacht)
        #expect(configuration.endpoint("wacht-prod")?.secrets == [.variable("WACHT_SECRET")])
        let partner = try #require(configuration.endpoint("partner"))
        #expect(partner.locations.eventType.json == "event.name")
        #expect(partner.locations.idempotencyKey.header == "X-Partner-Id")
        #expect(partner.secrets == [.file("/run/secrets/partner")])
        #expect(configuration.forwarders.map(\.name.rawValue) == ["billing-app"])
        #expect(configuration.retention.deliveries == .seconds(30 * 86_400))
        #expect(configuration.retention.deadLetters == nil)
    }

    @Test("every key is read into its place")
    func everyKey() throws {
        let yaml = """
            database:
              url: host=db dbname=p
              schema: inbox_2
              connections: {intake: 3, dispatch: 4}
              statement-timeout: 1m 30s
              pooling: transaction
            receiver:
              host: "::"
              port: 0
              path-prefix: /webhooks/
              tls: {certificate: /etc/tls.crt, key: /etc/tls.key}
              body-memory: 128 MiB
              address-share: 25
              proxies: [10.0.0.0/8, "::1"]
            worker: {in-flight: 100, lease: 5s, shutdown-grace: 0s}
            log: {level: debug, format: json}
            endpoints:
              a.b_c-1:
                source: standard-webhooks
                secrets: [env:OLD, "env:NEW"]
                tolerance: 1h
                body-limit: 8 MiB
                refusal-status: 503
                event-type: {header: X-Event, json: type}
                idempotency-key: {json: id}
            """
        let configuration = try load(yaml).configuration
        #expect(configuration.database.schema == SchemaName("inbox_2"))
        #expect(configuration.database.intakeConnections == 3)
        #expect(configuration.database.dispatchConnections == 4)
        #expect(configuration.database.statementTimeout == .seconds(90))
        #expect(configuration.database.pooling == .transaction)
        #expect(configuration.receiver.host == "::")
        #expect(configuration.receiver.port == 0)
        #expect(configuration.receiver.tls?.certificatePath == "/etc/tls.crt")
        #expect(configuration.receiver.tls?.keyPath == "/etc/tls.key")
        #expect(configuration.receiver.limits.bodyBytes == 128 << 20)
        #expect(configuration.receiver.limits.addressShare == 0.25)
        #expect(configuration.receiver.limits.proxies.map(\.description) == ["10.0.0.0/8", "::1"])
        #expect(configuration.worker.deliveriesInFlight == 100)
        #expect(configuration.worker.lease == .seconds(5))
        #expect(configuration.worker.shutdownGrace == .zero)
        #expect(configuration.log == LogSettings(level: .debug, format: .json))
        let endpoint = try #require(configuration.endpoint("a.b_c-1"))
        #expect(endpoint.secrets == [.variable("OLD"), .variable("NEW")])
        #expect(endpoint.tolerance == .seconds(3600))
        #expect(endpoint.bodyLimit == 8 << 20)
        #expect(endpoint.refusalStatus == .unavailable)
        #expect(endpoint.locations.eventType.header == "X-Event")
        #expect(endpoint.locations.eventType.json == "type")
        #expect(endpoint.locations.idempotencyKey.header == nil)
        #expect(endpoint.locations.idempotencyKey.json == "id")
    }

    @Test(
        "an endpoint's name is short, in lower case, and safe in a URL",
        arguments: [
            ("a", true), ("0", true), ("a.b_c-1", true), (String(repeating: "a", count: 64), true), ("", false),
            (String(repeating: "a", count: 65), false), ("A", false), (".a", false), ("_a", false), ("a/b", false),
            ("a b", false), ("é", false), ("a\u{0}", false), ("a%", false),
        ]
    )
    func endpointName(name: String, isAllowed: Bool) {
        #expect(EndpointSettings.isName(name) == isAllowed)
    }

    @Test("one secret need not be a list")
    func scalarSecret() throws {
        let configuration = try load("endpoints: {a: {source: wacht, secrets: env:A}}").configuration
        #expect(configuration.endpoint("a")?.secrets == [.variable("A")])
    }

    @Test("POSTROOM_CONFIG names the file, and --config beats it")
    func fileName() throws {
        let loader = ConfigurationLoader(environment: ["POSTROOM_CONFIG": "a.yaml"], sources: .builtIn) { path in
            BoundedFile(bytes: Array("admin: {port: \(path == "a.yaml" ? 1 : 2)}".utf8))
        }
        #expect(try loader.load().configuration.admin.port == 1)
        #expect(try loader.load(file: "b.yaml").configuration.admin.port == 2)
        #expect(try loader.load(file: "b.yaml").file == "b.yaml")
    }

    @Test("a file that can't be read is a problem of usage that names the file and who named it")
    func unreadable() throws {
        let loader = ConfigurationLoader(environment: ["POSTROOM_CONFIG": "/nowhere/p.yaml"], sources: .builtIn)
        let error = try #require(throws: InvalidConfiguration.self) { try loader.load() }
        let expected =
            "/nowhere/p.yaml: can't be read: No such file or directory; POSTROOM_CONFIG has to name a YAML file"
        #expect(error.description == expected)
        let given = try #require(throws: InvalidConfiguration.self) { try loader.load(file: "/") }
        #expect(given.description == "/: can't be read: Is a directory; --config has to name a YAML file")
    }
}
