import PostroomAdmin
import PostroomCore
import Testing

@testable import PostroomConfiguration

@Suite("Configuration by environment variables")
struct EnvironmentTests {
    private static let endpoint = "endpoints:\n  wacht-prod: {source: wacht, secrets: [env:A]}\n"

    @Test(
        "every scalar has a variable that sets it",
        arguments: ConfigurationReference.keys.filter { key in
            !["endpoints.", "handlers."].contains { key.path.hasPrefix($0) }
        }
    )
    func everyKey(key: ReferenceKey) throws {
        let samples = [
            "database.url": "host=elsewhere", "database.urls": "host=elsewhere", "database.draining": "0",
            "database.schema": "other", "receiver.host": "10.0.0.1", "receiver.port": "9",
            "receiver.path-prefix": "/webhooks", "retention.dead-letters": "90d",
            "receiver.tls.certificate": "c.pem", "receiver.tls.key": "k.pem", "admin.host": "10.0.0.2",
            "admin.port": "7",
            "retention.deliveries": "31d", "retention.idempotency-keys": "32d", "log.level": "trace",
            "log.format": "json",
            "receiver.body-memory": "3MiB", "worker.memory": "4MiB", "database.pooling": "transaction",
            "receiver.proxies": "10.0.0.0/8, fd00::/8", "admin.console.enabled": "false",
            "admin.console.reading-tokens": "env:LOOK", "admin.console.acting-tokens": "env:ACT, file:/run/act",
            "admin.console.session": "2h", "admin.console.url": "https://ops.example/postroom",
            "admin.console.proxy.header": "X-User", "admin.console.proxy.addresses": "10.0.0.0/8",
            "admin.console.proxy.acting": "ada, bob", "dead-letters.edit": "true",
        ]
        let sample = samples[key.path] ?? (key.expectation.hasPrefix("a duration") ? "3s" : "5")
        var environment = [key.variable: sample]
        if key.path == "database.draining" {
            environment["POSTROOM_DATABASE_URLS"] = "host=a;host=b"
        }
        if key.path.hasPrefix("receiver.tls.") {
            environment["POSTROOM_RECEIVER_TLS_CERTIFICATE"] = "c.pem"
            environment["POSTROOM_RECEIVER_TLS_KEY"] = "k.pem"
        }
        if key.path.hasPrefix("admin.console.proxy.") {
            environment["POSTROOM_ADMIN_CONSOLE_PROXY_HEADER"] = "X-User"
            environment["POSTROOM_ADMIN_CONSOLE_PROXY_ADDRESSES"] = "10.0.0.0/8"
        }
        let standard = try load(nil).effectiveSettings
        let changed = try load(nil, environment).effectiveSettings.filter { !standard.contains($0) }
        let own = try #require(changed.first { $0.key == key })
        #expect(own.values.joined(separator: ", ") == sample)
        #expect(own.origin == key.variable)
        #expect(Set(changed.map(\.key.path)) == Set(environment.keys.compactMap(Self.path)))
    }

    /// The key that a variable stands for.
    private static func path(_ variable: String) -> String? {
        ConfigurationReference.keys.first { $0.variable == variable }?.path
    }

    @Test(
        "a variable is the path in upper case with the prefix",
        arguments: [
            ("database.url", "POSTROOM_DATABASE_URL"), ("receiver.port", "POSTROOM_RECEIVER_PORT"),
            ("retention.idempotency-keys", "POSTROOM_RETENTION_IDEMPOTENCY_KEYS"),
            ("database.connections.intake", "POSTROOM_DATABASE_CONNECTIONS_INTAKE"),
        ]
    )
    func name(path: String, variable: String) {
        #expect(ConfigurationReference.keys.first { $0.path == path }?.variable == variable)
    }

    @Test("the environment beats the file, and an empty variable says nothing")
    func precedence() throws {
        let yaml = "admin: {port: 1, host: 10.0.0.1}"
        let loaded = try load(yaml, ["POSTROOM_ADMIN_PORT": "2", "POSTROOM_ADMIN_HOST": ""])
        #expect(loaded.configuration.admin == AdminAddress(host: "10.0.0.1", port: 2))
        #expect(loaded.places["admin.port"] == .variable("POSTROOM_ADMIN_PORT"))
        #expect(loaded.places["admin.host"] == .file("postroom.yaml", line: 1, column: 24))
    }

    @Test("an endpoint of the file is changed by its variables")
    func endpointOfFile() throws {
        let environment = [
            "POSTROOM_ENDPOINTS_WACHT_PROD_SOURCE": "hmac-sha256", "POSTROOM_ENDPOINTS_WACHT_PROD_HEADER": "X-Sig",
            "POSTROOM_ENDPOINTS_WACHT_PROD_SECRETS": "env:NEW, file:/run/a b",
            "POSTROOM_ENDPOINTS_WACHT_PROD_EVENT_TYPE_HEADER": "X-Type",
        ]
        let loaded = try load(Self.endpoint, environment)
        let endpoint = try #require(loaded.configuration.endpoint("wacht-prod"))
        #expect(loaded.configuration.endpoints.count == 1)
        #expect(endpoint.source == .hmacSHA256)
        #expect(endpoint.header == "X-Sig")
        #expect(endpoint.secrets == [.variable("NEW"), .file("/run/a b")])
        #expect(endpoint.locations.eventType.header == "X-Type")
    }

    @Test("an endpoint that only the environment has is made by its source")
    func endpointOfEnvironment() throws {
        let environment = [
            "POSTROOM_ENDPOINTS_CRM_EU_SOURCE": "wacht", "POSTROOM_ENDPOINTS_CRM_EU_SECRETS": "env:CRM",
            "POSTROOM_ENDPOINTS_CRM_EU_REFUSAL_STATUS": "503",
        ]
        let endpoints = try load(nil, environment).configuration.endpoints
        #expect(endpoints.map(\.name) == ["crm-eu"])
        #expect(endpoints.first?.secrets == [.variable("CRM")])
        #expect(endpoints.first?.refusalStatus == .unavailable)
        #expect(try load(Self.endpoint, environment).configuration.endpoints.map(\.name) == ["wacht-prod", "crm-eu"])
    }

    @Test(
        "a variable that is wrong is named",
        arguments: [
            (
                ["POSTROOM_RECEIVER_PORT": "x"],
                "POSTROOM_RECEIVER_PORT: receiver.port: found 'x'; expected a port number from 1 to 65535, or 0 for any "
                    + "free port"
            ),
            (
                ["POSTROOM_RECEIVER_PORT": "tcp://10.0.0.1:80"],
                "POSTROOM_RECEIVER_PORT: receiver.port: found 'tcp://10.0.0.1:80'; expected a port number from 1 to "
                    + "65535, or 0 for any free port; Kubernetes sets this for a service of that name; set "
                    + "'enableServiceLinks: false' in the pod"
            ),
            (
                ["POSTROOM_DATABASE_URL": "hunter2"],
                "POSTROOM_DATABASE_URL: database.url: expected a libpq connection string: "
                    + "'postgresql://user@host/database' or 'host=… dbname=…'"
            ),
            (
                ["POSTROOM_ENDPOINTS_WACHT_PROD_SECRETS": "env:A,hunter2"],
                "POSTROOM_ENDPOINTS_WACHT_PROD_SECRETS: endpoints.wacht-prod.secrets[1]: expected a reference, env:NAME "
                    + "or file:PATH; secrets are not written into the configuration; put it into a file or an "
                    + "environment variable"
            ),
            (
                ["POSTROOM_ENDPOINTS_WATCH_PROD_HEADER": "X-Sig"],
                "POSTROOM_ENDPOINTS_WATCH_PROD_HEADER: there is no endpoint of that name (wacht-prod); correct the name, "
                    + "or set POSTROOM_ENDPOINTS_WATCH_PROD_SOURCE too to make the endpoint"
            ),
            (
                ["POSTROOM_ENDPOINTS_NEW_SOURCE": "wacht"],
                "POSTROOM_ENDPOINTS_NEW_SOURCE: endpoints.new.secrets: has no secrets, so anybody could post to it; add "
                    + "secrets: [\"env:NAME\"] or [\"file:PATH\"]"
            ),
            (
                ["POSTROOM_ENDPOINTS__SOURCE": "wacht"],
                "POSTROOM_ENDPOINTS__SOURCE: \(EndpointSettings.adviceOnName)"
            ),
            (
                ["POSTROOM_ENDPOINTS_WACHT_PROD_COLOUR": "red"],
                "POSTROOM_ENDPOINTS_WACHT_PROD_COLOUR: warning: no setting of an endpoint has this variable"
            ),
            (
                ["POSTROOM_RECIEVER_PORT": "80"],
                "POSTROOM_RECIEVER_PORT: warning: no setting has this variable; did you mean POSTROOM_RECEIVER_PORT?"
            ),
        ]
    )
    func wrong(environment: [String: String], problem: String) {
        #expect(problems(Self.endpoint, environment) == [problem])
    }

    @Test("a variable that can mean two endpoints is refused")
    func ambiguous() {
        let yaml = "endpoints:\n  a-b: {source: wacht, secrets: [env:A]}\n  a.b: {source: wacht, secrets: [env:A]}\n"
        let found = problems(yaml, ["POSTROOM_ENDPOINTS_A_B_TOLERANCE": "1h"])
        let problem =
            "POSTROOM_ENDPOINTS_A_B_TOLERANCE: can mean endpoints.a-b.tolerance or endpoints.a.b.tolerance; set it in the file"
        #expect(found == [problem])
        #expect(problems(yaml).isEmpty)
    }

    @Test(
        "variables that are none of ours, or hold a secret, are let be",
        arguments: [
            "POSTROOM_SERVICE_HOST", "POSTROOM_PORT_8080_TCP", "POSTROOM_VERSION", "POSTROOM_CONFIG_DIR_OF_MINE",
            "PATH",
            "POSTROOM_ENDPOINTS_WACHT_PROD_KEY", "POSTROOM_ADMIN_PROT",
        ]
    )
    func strangers(variable: String) {
        let yaml = """
            endpoints:
              a: {source: wacht, secrets: [env:POSTROOM_ENDPOINTS_WACHT_PROD_KEY, env:POSTROOM_ADMIN_PROT]}
            """
        #expect(problems(yaml, [variable: "x"]).isEmpty)
    }
}
