import PostroomCore
import PostroomSources
import Testing

@testable import PostroomConfiguration

@Suite("What is said of a wrong file")
struct ConfigurationProblemTests {
    /// The sources in words: `wacht, anthropic, … and meta`.
    private static let sourceList: String = {
        let names = SourceRegistry.builtIn.definitions.map(\.source.rawValue)
        return "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
    }()

    /// A file, and the one problem that it has.
    struct Case: CustomTestStringConvertible, Sendable {
        let yaml: String
        let problem: String
        var testDescription: String { problem }

        init(_ yaml: String, _ problem: String) {
            self.yaml = yaml
            self.problem = problem
        }
    }

    private static let good = "{source: wacht, secrets: [env:A]}"

    static let cases: [Case] = [
        // Values
        Case(
            "receiver:\n  port: abc\n",
            "postroom.yaml:2:9: receiver.port: found 'abc'; expected a port number from 1 to 65535, or 0 for any free port"
        ),
        Case(
            "admin: {port: 65536}",
            "postroom.yaml:1:15: admin.port: found '65536'; expected a port number from 1 to 65535, or 0 for any free port"
        ),
        Case(
            "admin: {port: -1}",
            "postroom.yaml:1:15: admin.port: found '-1'; expected a port number from 1 to 65535, or 0 for any free port"
        ),
        Case(
            "retention:\n  deliveries: 30\n",
            "postroom.yaml:2:15: retention.deliveries: found '30'; expected a duration from 1d to 3650d, for example "
                + "500ms, 15s, 2h or 30d; a unit is missing; write '30s' for seconds"
        ),
        Case(
            "retention:\n  idempotency-keys: 7d\n",
            "postroom.yaml:2:21: retention.idempotency-keys: found '7d'; expected a duration from 8d to 3650d, for "
                + "example 500ms, 15s, 2h or 30d"
        ),
        Case(
            "log: {level: loud}",
            "postroom.yaml:1:14: log.level: found 'loud'; expected one of trace, debug, info, notice, warning, error, critical"
        ),
        Case("log: {format: xml}", "postroom.yaml:1:15: log.format: found 'xml'; expected text or json"),
        Case(
            "database: {schema: Inbox}",
            "postroom.yaml:1:20: database.schema: found 'Inbox'; expected 1 to 63 lower-case letters, digits and "
                + "underscores, not starting with a digit or 'pg_'"
        ),
        Case(
            "database: {schema: pg_inbox}",
            "postroom.yaml:1:20: database.schema: found 'pg_inbox'; expected 1 to 63 lower-case letters, digits and "
                + "underscores, not starting with a digit or 'pg_'"
        ),
        Case(
            "database: {connections: {intake: 0}}",
            "postroom.yaml:1:34: database.connections.intake: found '0'; expected a whole number from 1 to 64"
        ),
        Case(
            "database: {url: localhost/postroom}",
            "postroom.yaml:1:17: database.url: expected a libpq connection string: 'postgresql://user@host/database' or "
                + "'host=… dbname=…'"
        ),
        Case(
            "receiver: {body-memory: 1}",
            "postroom.yaml:1:25: receiver.body-memory: found '1'; expected a size from 1MiB to 64GiB, for example 64KiB, "
                + "1MiB or 65536"
        ),
        Case(
            "receiver: {proxies: [10.0.0.0/33]}",
            "postroom.yaml:1:22: receiver.proxies[0]: found '10.0.0.0/33'; expected an IP address or a range such as "
                + "10.0.0.0/8 or fd00::/8"
        ),
        Case(
            "receiver: {host: \"127.0.0.1/8\"}",
            "postroom.yaml:1:18: receiver.host: found '127.0.0.1/8'; expected an address or a host name, without a port, "
                + "for example 127.0.0.1"
        ),
        Case(
            "endpoints: {a: {source: wacht, secrets: [env:A], refusal-status: 403}}",
            "postroom.yaml:1:66: endpoints.a.refusal-status: found '403'; expected 401 or 503"
        ),
        // Kinds
        Case(
            "admin: {port: [1]}",
            "postroom.yaml:1:15: admin.port: found a list; expected a port number from 1 to 65535, or 0 for any free port"
        ),
        Case(
            "admin:\n  host:\n",
            "postroom.yaml:2:8: admin.host: found nothing; expected an address or a host name, without a port, for "
                + "example 127.0.0.1"
        ),
        Case(
            "admin: {host: null}",
            "postroom.yaml:1:15: admin.host: found nothing; expected an address or a host name, without a port, for "
                + "example 127.0.0.1"
        ),
        Case(
            "receiver: {tls: {key: ~}}",
            "postroom.yaml:1:23: receiver.tls.key: found nothing; expected the path of a file"
        ),
        Case(
            "admin: 8081",
            "postroom.yaml:1:8: admin: found a text; expected a section with keys (host, port or console)"
        ),
        Case(
            "- a\n",
            "postroom.yaml:1:1: found a list; expected a section with keys (database, receiver, admin, worker, "
                + "retention, dead-letters, log, endpoints or handlers)"
        ),
        Case(
            "endpoints: [a]",
            "postroom.yaml:1:12: endpoints: found a list; expected a section with a key for each endpoint, its name"
        ),
        Case("? [a]\n: b\n", "postroom.yaml:1:3: found a list; expected a key"),
        Case(
            "endpoints: {a: {source: wacht, secrets: [env: A]}}",
            "postroom.yaml:1:42: endpoints.a.secrets: found a section with keys; expected a reference, env:NAME or "
                + "file:PATH; is there a blank after a colon that should not be there?"
        ),
        // Keys
        Case("admn: {port: 1}", "postroom.yaml:1:1: admn: unknown key; did you mean 'admin'?"),
        Case("admin: {prot: 1}", "postroom.yaml:1:9: admin.prot: unknown key; did you mean 'port'?"),
        Case(
            "database: {statement_timeout: 1s}",
            "postroom.yaml:1:12: database.statement_timeout: unknown key; did you mean 'statement-timeout'?"
        ),
        Case(
            "database: {intake: 1}",
            "postroom.yaml:1:12: database.intake: unknown key; did you mean 'database.connections.intake'?"
        ),
        Case(
            "admin: {colour: red}",
            "postroom.yaml:1:9: admin.colour: unknown key; the keys here are host, port and console"
        ),
        Case(
            "endpoints: {a: {source: wacht, secrets: [env:A], secret: whsec_abc}}",
            "postroom.yaml:1:50: endpoints.a.secret: unknown key; did you mean 'secrets'?"
        ),
        // Endpoints
        Case(
            "endpoints:\n  Wacht: \(good)\n",
            "postroom.yaml:2:3: endpoints.Wacht: \(EndpointSettings.adviceOnName)"
        ),
        Case("endpoints: {a/b: \(good)}", "postroom.yaml:1:13: endpoints.a/b: \(EndpointSettings.adviceOnName)"),
        Case("endpoints: {\"\": \(good)}", "postroom.yaml:1:13: endpoints.: \(EndpointSettings.adviceOnName)"),
        Case("endpoints: {-a: \(good)}", "postroom.yaml:1:13: endpoints.-a: \(EndpointSettings.adviceOnName)"),
        Case(
            "endpoints:\n  a: {source: wacht}\n",
            "postroom.yaml:2:3: endpoints.a.secrets: has no secrets, so anybody could post to it; add secrets: "
                + "[\"env:NAME\"] or [\"file:PATH\"]"
        ),
        Case(
            "endpoints:\n  a: {source: wacht, secrets: []}\n",
            "postroom.yaml:2:31: endpoints.a.secrets: has no secrets, so anybody could post to it; add secrets: "
                + "[\"env:NAME\"] or [\"file:PATH\"]"
        ),
        Case(
            "endpoints:\n  a: {secrets: [env:A]}\n",
            "postroom.yaml:2:3: endpoints.a.source: is missing; the sources are \(sourceList)"
        ),
        Case(
            "endpoints:\n  a: {source: watch, secrets: [env:A]}\n",
            "postroom.yaml:2:15: endpoints.a.source: found 'watch'; unknown source; did you mean 'wacht'?"
        ),
        Case(
            "endpoints:\n  a: {source: sql, secrets: [env:A]}\n",
            "postroom.yaml:2:15: endpoints.a.source: found 'sql'; is what SQL's enqueue stores, without HTTP and without "
                + "configuration; the sources are \(sourceList)"
        ),
        Case(
            "endpoints:\n  a: {source: wacht, secrets: [env:A], header: X-A}\n",
            "postroom.yaml:2:48: endpoints.a.header: means nothing for the source 'wacht': its signature always stands "
                + "in the same header; leave it out"
        ),
        Case(
            "endpoints:\n  a: {source: bearer, secrets: [env:A], tolerance: 5m}\n",
            "postroom.yaml:2:52: endpoints.a.tolerance: means nothing for the source 'bearer': its requests carry no "
                + "signed time; leave it out"
        ),
        Case(
            "endpoints:\n  a: {source: wacht, secrets: [env:A], idempotency-key: {json: id}}\n",
            "postroom.yaml:2:64: endpoints.a.idempotency-key.json: means nothing for the source 'wacht': its key is "
                + "known; leave it out"
        ),
        // What does not fit together
        Case(
            "receiver:\n  tls: {certificate: a.pem}\n",
            "postroom.yaml:2:22: receiver.tls.certificate: receiver.tls.key is missing; TLS needs both, or neither"
        ),
        Case(
            "receiver: {port: 9000}\nadmin: {port: 9000}\n",
            "postroom.yaml:2:15: admin.port: receiver and admin can't both listen on port 9000; give one of them another"
        ),
        Case(
            "endpoints: {a: {source: wacht, secrets: [env:A], body-limit: 64MiB}}\nreceiver: {body-memory: 1MiB}\n",
            "postroom.yaml:1:62: endpoints.a.body-limit: is more than receiver.body-memory, 1MiB; raise that too"
        ),
        // Syntax
        Case(
            "admin:\n\tport: 1\n",
            "postroom.yaml:2:1: the line is indented with a tab; YAML takes spaces only"
        ),
        Case(
            "admin: {port: 1\n",
            "postroom.yaml:2:1: is not YAML: did not find expected ',' or '}'; look at the indentation, the colons and "
                + "the quotes here and in the line before"
        ),
        Case(
            "a: b\n---\nc: d\n",
            "postroom.yaml:2:1: a second document starts; write everything into one"
        ),
        Case(
            "a: *b\n",
            "postroom.yaml:1:4: is not YAML: found undefined alias; look at the indentation, the colons and the quotes here and in the line before"
        ),
        Case("a: \"\u{0}\"\n", "postroom.yaml:1:5: a control character; is this a text file in UTF-8?"),
    ]

    @Test("each problem names file, line, column and key, and says what to do", arguments: cases)
    func one(given: Case) {
        #expect(problems(given.yaml) == [given.problem])
    }

    @Test("all problems are told at once, from top to bottom, and those of the environment after them")
    func all() {
        let yaml = """
            receiver: {port: x}
            wat: 1
            endpoints:
              Bad: {source: wacht, secrets: [env:A]}
              a: {source: nope, secrets: [hunter2, env:B]}
              b:
            admin: {port: 99999999}
            """
        let places = problems(yaml, ["POSTROOM_WORKER_LEASE": "soon"]).map { $0.split(separator: " ")[0] + "" }
        #expect(
            places == [
                "postroom.yaml:1:18:", "postroom.yaml:2:1:", "postroom.yaml:4:3:", "postroom.yaml:5:15:",
                "postroom.yaml:5:31:", "postroom.yaml:6:3:", "postroom.yaml:6:3:", "postroom.yaml:7:15:",
                "POSTROOM_WORKER_LEASE:",
            ]
        )
    }

    @Test("the environment is checked even where the file can't be, but not its endpoints")
    func syntaxAndEnvironment() {
        let environment = ["POSTROOM_ADMIN_PORT": "x", "POSTROOM_ENDPOINTS_A_HEADER": "X-A"]
        let found = problems("a: [", environment)
        #expect(found.count == 2)
        #expect(found.first?.hasPrefix("postroom.yaml:") == true)
        #expect(found.last?.hasPrefix("POSTROOM_ADMIN_PORT: admin.port: found 'x'") == true)
    }

    @Test("a file that is not UTF-8 is refused")
    func notUTF8() throws {
        let loader = ConfigurationLoader(environment: [:], sources: .builtIn) { _ in
            BoundedFile(bytes: [0x61, 0x3A, 0x20, 0xFF, 0xFE])
        }
        let error = try #require(throws: InvalidConfiguration.self) { try loader.load(file: "p.yaml") }
        #expect(error.description == "p.yaml: is not in UTF-8; save it in that encoding")
    }
}
