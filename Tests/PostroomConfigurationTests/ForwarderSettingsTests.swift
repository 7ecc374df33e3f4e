import PostroomCore
import PostroomSources
import Testing

@testable import PostroomConfiguration

@Suite("The settings of forwarders")
struct ForwarderSettingsTests {
    @Test("a file gives forwarders of each kind")
    func file() throws {
        let yaml = """
            handlers:
              billing-app:
                events: "stripe:invoice.*"
                http: {url: "https://billing.example/hooks", sign: standard-webhooks, secret: "env:S", allow-private: true}
                retry: {attempts: 5, first-delay: 1s, multiplier: 2, maximum-delay: 1h, jitter: 50}
                timeout: 10s
              crm:
                events: ["wacht:user.*", "*:ping"]
                sql: {function: crm.on_event, permanent: [P0001, 22000]}
              audit.log:
                events: ["*:*"]
                exec: {command: [/usr/bin/logger, -t, "a, b"], environment: ["TOKEN=file:/t"], retry-after: 5m}
            """
        let forwarders = try load(yaml).configuration.forwarders
        #expect(forwarders.map(\.name) == ["billing-app", "crm", "audit.log"])
        #expect(forwarders.map(\.kinds) == [[.http], [.sql], [.exec]])
        #expect(forwarders[0].events == [.events(from: "stripe", matching: "invoice.*")])
        #expect(
            forwarders[0].policy
                == .exponential(
                    maximumAttempts: 5,
                    firstDelay: .seconds(1),
                    multiplier: 2,
                    maximumDelay: .seconds(3600),
                    jitter: 0.5
                )
        )
        #expect(forwarders[0].timeout == .seconds(10))
        #expect(forwarders[0].http.secrets == [.variable("S")])
        #expect(forwarders[1].events.map(\.description) == ["wacht:user.*", "*:ping"])
        #expect(forwarders[1].sql.function?.quoted == "\"crm\".\"on_event\"")
        #expect(forwarders[1].sql.permanent.map(\.description) == ["P0001", "22000"])
        #expect(forwarders[1].policy == .exponential())
        #expect(forwarders[2].exec.command == ["/usr/bin/logger", "-t", "a, b"])
        #expect(forwarders[2].exec.environment == [NamedReference(name: "TOKEN", reference: .file("/t"))])
    }

    @Test("order and limits are those that a handler in code can have")
    func limits() throws {
        let yaml = """
            handlers:
              a:
                events: ["*:*"]
                exec: {command: [/bin/cat]}
                order: by-key
                when-dead: go-on
                order-key: {json: "data.object.customer"}
                concurrency: 16
                global-concurrency: 40
                rate: 600 per minute
                per-key: {concurrency: 1, rate: 5 per 10s, header: X-Account}
              b: {events: ["*:*"], exec: {command: [/bin/cat]}, order: by-key}
              c: {events: ["*:*"], exec: {command: [/bin/cat]}, order: newest, order-key: {header: X-Account}}
              d: {events: ["*:*"], exec: {command: [/bin/cat]}}
            """
        let loaded = try load(yaml)
        #expect(loaded.problems.isEmpty)
        let limits = loaded.configuration.forwarders.map(\.limits)
        #expect(limits.map(\.handlerOrder) == [.byKey(whenDead: .goOn), .byKey, .newest, nil])
        #expect(
            limits.map(\.handlerLimits) == [
                HandlerLimits(
                    concurrency: 16,
                    globalConcurrency: 40,
                    rate: .perMinute(600),
                    perKey: KeyLimits(concurrency: 1, rate: AttemptRate(5, per: .seconds(10)))
                ),
                HandlerLimits(), HandlerLimits(), HandlerLimits(),
            ]
        )
        #expect(
            limits.map(\.orderKey.location) == [.json("data.object.customer"), nil, .header("X-Account"), nil]
        )
        #expect(limits.map(\.limitKey.location) == [.header("X-Account"), nil, nil, nil])
    }

    @Test(
        "a rate is a number of attempts per time",
        arguments: [
            ("1 per second", AttemptRate.perSecond(1)), ("100 per minute", .perMinute(100)),
            ("7 per hour", .perHour(7)), ("1000000 per day", AttemptRate(1_000_000, per: .seconds(86_400))),
            ("5 per 1m30s", AttemptRate(5, per: .seconds(90))), ("0 per minute", nil), ("1000001 per minute", nil),
            ("5", nil), ("5/s", nil), ("5 per", nil), ("5 per 10", nil), ("5 per 500ms", nil), ("5 per 32d", nil),
            ("-5 per minute", nil), ("5 in 10s", nil),
        ] as [(String, AttemptRate?)]
    )
    func rate(_ text: String, _ rate: AttemptRate?) throws {
        #expect((try? ValueFormat.attemptRate.read(text)) == rate)
        if let rate {
            #expect(ValueFormat.attemptRate.write(rate) == text)
        }
    }

    @Test("the environment makes and changes forwarders")
    func environment() throws {
        let loaded = try load(
            "handlers: {a: {events: [\"wacht:*\"], http: {url: \"https://a.example/\"}}}",
            [
                "POSTROOM_HANDLERS_A_HTTP_URL": "https://b.example/", "POSTROOM_HANDLERS_C_D_EVENTS": "wacht:a,wacht:b",
                "POSTROOM_HANDLERS_C_D_EXEC_COMMAND": "/bin/cat",
            ]
        )
        let forwarders = loaded.configuration.forwarders
        #expect(forwarders.map(\.name) == ["a", "c-d"])
        #expect(forwarders[0].http.url == "https://b.example/")
        #expect(forwarders[1].events.map(\.pattern) == ["a", "b"])
        #expect(forwarders[1].kinds == [.exec])
        #expect(loaded.problems.isEmpty)
    }

    /// A forwarder, and the one problem that it has.
    struct Case: CustomTestStringConvertible, Sendable {
        let yaml: String
        let problem: String
        var testDescription: String { problem }

        init(_ yaml: String, _ problem: String) {
            self.yaml = yaml
            self.problem = problem
        }
    }

    private static let http = "http: {url: \"https://a.example/\"}"

    @Test(
        "each mistake is told with its place and what to do",
        arguments: [
            Case(
                "handlers: []",
                "postroom.yaml:1:11: handlers: found a list; expected a section with a key for each forwarder, its name"
            ),
            Case(
                "handlers: {\"a b\": {events: [\"*:*\"], \(http)}}",
                "postroom.yaml:1:12: handlers.a b: \(ForwarderSettings.adviceOnName)"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"]}}",
                "postroom.yaml:1:12: handlers.a: doesn't say where events go; add http: {url: …}, sql: {function: …} or exec: "
                    + "{command: […]}"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], \(http), exec: {command: [/bin/cat]}}}",
                "postroom.yaml:1:12: handlers.a: can be of one kind only; keep one of http and exec"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], http: {allow-private: true}}}",
                "postroom.yaml:1:12: handlers.a.http.url: is missing"
            ),
            Case(
                "handlers: {a: {\(http)}}",
                "postroom.yaml:1:12: handlers.a.events: is missing, so that it would never run; add patterns such as "
                    + "\"stripe:invoice.*\""
            ),
            Case(
                "handlers: {a: {events: [\"wach:*\"], \(http)}}",
                "postroom.yaml:1:25: handlers.a.events[0]: found 'wach'; no known source; did you mean 'wacht'?"
            ),
            Case(
                "handlers: {a: {events: user.created, \(http)}}",
                "postroom.yaml:1:24: handlers.a.events[0]: found 'user.created'; expected a pattern such as stripe:invoice.* or "
                    + "*:*; a source and a colon stand before the type; '*:' is every source"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], http: {url: \"ftp://a.example/\"}}}",
                "postroom.yaml:1:45: handlers.a.http.url: found 'ftp://a.example/'; expected a URL that begins with https:// or "
                    + "http://"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], http: {url: \"https://a.example/\", sign: standard-webhooks}}}",
                "postroom.yaml:1:73: handlers.a.http.secret: is missing, and nothing can be signed without it; add secret: "
                    + "\"env:NAME\" or \"file:PATH\""
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], http: {url: \"https://a.example/\", secret: env:S}}}",
                "postroom.yaml:1:75: handlers.a.http.secret: has no use without sign: standard-webhooks; add that, or leave it out"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], http: {url: \"https://a.example/\", headers: [\"Authorization: Bearer x\"]}}}",
                "postroom.yaml:1:77: handlers.a.http.headers[0]: expected a header's name and where its value is, for example "
                    + "'Authorization: env:NAME'; secrets are not written into the configuration; put it into a file or an "
                    + "environment variable"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], sql: {function: on_event}}}",
                "postroom.yaml:1:49: handlers.a.sql.function: found 'on_event'; expected a function with its schema, in "
                    + "lower-case letters, digits and underscores, for example crm.on_event"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], sql: {function: \"a.b()--\"}}}",
                "postroom.yaml:1:49: handlers.a.sql.function: found 'a.b()--'; expected a function with its schema, in "
                    + "lower-case letters, digits and underscores, for example crm.on_event"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], sql: {function: a.b, permanent: [X]}}}",
                "postroom.yaml:1:66: handlers.a.sql.permanent[0]: found 'X'; expected a SQLSTATE of five digits and upper-case "
                    + "letters; one that ends in 000 stands for its class"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], htpp: {url: \"https://a.example/\"}, \(http)}}",
                "postroom.yaml:1:33: handlers.a.htpp: unknown key; did you mean 'http'?"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], \(http), rate: 5}}",
                "postroom.yaml:1:74: handlers.a.rate: found '5'; expected attempts in a time from 1s to 31d, for example '100 "
                    + "per minute' or '5 per 10s'"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], \(http), when-dead: park}}",
                "postroom.yaml:1:79: handlers.a.when-dead: means nothing without order: by-key; add that, or leave it out"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], \(http), order: newest, when-dead: park}}",
                "postroom.yaml:1:94: handlers.a.when-dead: means nothing without order: by-key; add that, or leave it out"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], \(http), order-key: {json: a}}}",
                "postroom.yaml:1:86: handlers.a.order-key.json: means nothing without an order; add order: by-key or newest"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], \(http), per-key: {header: A}}}",
                "postroom.yaml:1:86: handlers.a.per-key.header: limits nothing; add per-key.concurrency or per-key.rate, or "
                    + "leave it out"
            ),
            Case(
                "handlers: {a: {events: [\"*:*\"], \(http), order: by-key, order-key: {json: a, header: A}}}",
                "postroom.yaml:1:112: handlers.a.order-key.header: stands beside order-key.json; a key is in one place, keep "
                    + "one of the two"
            ),
        ]
    )
    func problem(_ given: Case) {
        #expect(problems(given.yaml, ["S": "x"]) == [given.problem])
    }

    @Test("a variable for a forwarder that is not there is a problem")
    func unknownVariable() {
        #expect(
            problems(nil, ["POSTROOM_HANDLERS_A_HTTP_URL": "https://a.example/"]) == [
                "POSTROOM_HANDLERS_A_HTTP_URL: there is no forwarder of that name (there are none); correct the name, or set "
                    + "POSTROOM_HANDLERS_A_EVENTS too to make the forwarder"
            ]
        )
        #expect(
            problems(nil, ["POSTROOM_HANDLERS_A_COLOUR": "red"]) == [
                "POSTROOM_HANDLERS_A_COLOUR: warning: no setting of a forwarder has this variable"
            ]
        )
    }

    @Test("a secret that a forwarder refers to is no stray setting")
    func referenced() throws {
        let yaml = """
            handlers: {a: {events: ["*:*"], http: {url: "https://a.example/", headers: ["X: env:POSTROOM_HANDLERS_A_KEY"]}}}
            """
        #expect(problems(yaml, ["POSTROOM_HANDLERS_A_KEY": "abc"]).isEmpty)
    }
}
