import PostroomConfiguration
import PostroomCore
import Testing

@testable import PostroomCLI

@Suite("The forwarders that a configuration makes")
struct ForwarderAssemblyTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func problems(_ yaml: String) throws -> [String] {
        let loaded = try load(yaml, ["S": Self.secret, "BAD": "no base64!"])
        let environment = ["S": Self.secret, "BAD": "no base64!"]
        return ForwarderAssembly.assemble(loaded, environment: environment).problems.map(\.description)
    }

    @Test("forwarders become handlers beside those in code")
    func handlers() throws {
        let yaml = """
            handlers:
              billing: {events: ["stripe:invoice.*", "*:ping"], http: {url: "https://billing.example/", sign: standard-webhooks, secret: "env:S"}, retry: {attempts: 3}, timeout: 5s}
              audit: {events: ["*:*"], exec: {command: [/bin/cat]}}
            """
        var program = ProgramParts()
        program.handlers.on(.everything, named: "in.code") { _, _ in }
        let parts = try ForwarderAssembly.added(to: program, try load(yaml), environment: ["S": Self.secret])
        let handlers = parts.handlers.handlers
        #expect(handlers.map(\.name) == ["in.code", "billing", "audit"])
        #expect(handlers[1].patterns.map(\.description) == ["stripe:invoice.*", "*:ping"])
        #expect(handlers[1].options == HandlerOptions(retry: .exponential(maximumAttempts: 3), timeout: .seconds(5)))
        #expect(parts.handlers.problems.isEmpty)
        #expect(parts.services.count == 1)
    }

    @Test("order and limits go by the key that stands where the configuration says")
    func keys() throws {
        let yaml = """
            handlers:
              a:
                events: ["*:*"]
                exec: {command: [/bin/cat]}
                order: by-key
                order-key: {json: "data.customer"}
                rate: 10 per minute
                per-key: {concurrency: 1, header: X-Account}
              b: {events: ["*:*"], exec: {command: [/bin/cat]}, order: newest, per-key: {concurrency: 2}}
            """
        let parts = try ForwarderAssembly.added(to: ProgramParts(), try load(yaml), environment: [:])
        let handlers = parts.handlers.handlers
        #expect(handlers.map(\.options.order) == [.byKey, .newest])
        #expect(
            handlers.map(\.options.limits) == [
                HandlerLimits(rate: .perMinute(10), perKey: KeyLimits(concurrency: 1)),
                HandlerLimits(perKey: KeyLimits(concurrency: 2)),
            ]
        )
        let delivery = Delivery(
            id: DeliveryID(rawValue: 7),
            endpoint: "hooks",
            source: "github",
            eventType: "push",
            idempotencyKey: "1",
            receivedAt: Timestamp(rawValue: 0),
            headers: Headers([(name: "x-account", value: "acme")]),
            body: Array(#"{"data":{"customer":4711}}"#.utf8)
        )
        let event = Event(delivery: delivery, details: EventDetails(orderingKey: "repository:1"))
        #expect(handlers.map { $0.order(of: event, nil).place?.key } == ["4711", "repository:1"])
        #expect(try handlers.map { try $0.limitKey(event, nil) } == ["acme", "repository:1"])
    }

    @Test("an order that no server of several can keep is a problem at its place")
    func shared() throws {
        let handlers = "handlers: {a: {events: [\"*:*\"], exec: {command: [/bin/cat]}, order: newest}}"
        #expect(try problems(handlers) == [])
        let found = try problems("database: {urls: [host=a, host=b]}\n" + handlers)
        #expect(found.count == 1)
        #expect(found.first?.contains("postroom.yaml:2:") == true, "\(found)")
        #expect(found.first?.contains("handlers.a: can't work with 2 servers: the jobs of one ordering key") == true)
    }

    @Test("a name that a handler in code has is a problem at its place")
    func taken() throws {
        let yaml = "handlers: {audit: {events: [\"*:*\"], exec: {command: [/bin/cat]}}}"
        var program = ProgramParts()
        program.handlers.on(.everything, named: "audit") { _, _ in }
        let error = #expect(throws: InvalidConfiguration.self) {
            _ = try ForwarderAssembly.added(to: program, try load(yaml), environment: [:])
        }
        #expect(
            error?.description == """
                postroom.yaml:1:12: handlers.audit: a handler in code has that name; the name is how the database tells them \
                apart
                """
        )
    }

    @Test(
        "what can't work is told before anything runs",
        arguments: [
            (
                "http: {url: \"http://127.0.0.1:8080/\"}",
                ":1:45: handlers.a.http.url: 127.0.0.1 is a loopback address; set http.allow-private: true if that is meant"
            ),
            (
                "http: {url: \"https://2852039166/\"}",
                ":1:45: handlers.a.http.url: 169.254.169.254 is the address of a cloud's metadata; set http.allow-private: true "
                    + "if that is meant"
            ),
            (
                "http: {url: \"http://localhost/\"}",
                ":1:45: handlers.a.http.url: localhost is this machine; set http.allow-private: true if that is meant"
            ),
            (
                "http: {url: \"http://a.example/\"}",
                ":1:45: warning: handlers.a.http.url: bodies would go over the internet in clear; use https://"
            ),
            (
                "http: {url: \"https://user:pw@a.example/\"}",
                ":1:45: handlers.a.http.url: has credentials in it; give them by reference: headers: [\"Authorization: "
                    + "env:NAME\"]"
            ),
            (
                "http: {url: \"https://a.example/\", sign: standard-webhooks, secret: env:NOWHERE}",
                ":1:100: handlers.a.http.secret[0]: env:NOWHERE points to no variable; set NOWHERE, or correct the reference"
            ),
            (
                "http: {url: \"https://a.example/\", sign: standard-webhooks, secret: [env:S, env:BAD]}",
                ":1:108: handlers.a.http.secret[1]: secret 2 is not in base64 (after an optional 'whsec_'); copy it whole from "
                    + "the producer"
            ),
            (
                "http: {url: \"https://a.example/\", headers: [\"Webhook-Id: env:S\"]}",
                ":1:77: handlers.a.http.headers[0]: is written by the forwarder itself; leave it out"
            ),
            (
                "http: {url: \"https://a.example/\", headers: [\"Postroom-X: env:S\"]}",
                ":1:77: handlers.a.http.headers[0]: is written by the forwarder itself; leave it out"
            ),
            (
                "http: {url: \"https://a.example/\", ca: /no/such/file}",
                ":1:71: handlers.a.http.ca: can't be read: No such file or directory"
            ),
            (
                "exec: {command: [/no/such/program]}",
                ":1:49: handlers.a.exec.command: can't be run: No such file or directory"
            ),
            (
                "exec: {command: [program]}",
                ":1:49: handlers.a.exec.command: is no absolute path; no PATH is searched for the program"
            ),
            (
                "exec: {command: [/bin/cat], environment: [\"TOKEN: env:NOWHERE\"]}",
                ":1:75: handlers.a.exec.environment[0]: env:NOWHERE points to no variable; set NOWHERE, or correct the reference"
            ),
        ]
    )
    func problem(_ target: String, _ problem: String) throws {
        #expect(try problems("handlers: {a: {events: [\"*:*\"], \(target)}}") == ["postroom.yaml" + problem])
    }

    @Test("config check sums forwarders up, and shows no secret")
    func summary() throws {
        let yaml = """
            handlers:
              billing: {events: ["stripe:invoice.*", "*:ping"], http: {url: "https://billing.example/", sign: standard-webhooks, secret: "env:S"}}
              audit: {events: ["*:*"], exec: {command: [/bin/cat]}}
            """
        let loaded = try load(yaml, ["S": Self.secret])
        let data = written { ConfigCheckCommand.write(loaded, to: $0) }.data
        #expect(
            data == """
                postroom.yaml: ok, 0 endpoints, 2 forwarders
                forwarder  kind  events
                billing    http  stripe:invoice.*, *:ping
                audit      exec  *:*

                """
        )
    }
}
