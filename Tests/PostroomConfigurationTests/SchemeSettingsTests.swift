import PostroomCore
import PostroomSources
import Testing

@testable import PostroomConfiguration

@Suite("A scheme in the configuration")
struct SchemeSettingsTests {
    private func load(_ yaml: String) throws(InvalidConfiguration) -> LoadedConfiguration {
        let loader = ConfigurationLoader(environment: [:], sources: .builtIn) { _ throws(FileProblem) in
            BoundedFile(bytes: Array(yaml.utf8))
        }
        return try loader.load(file: "postroom.yaml")
    }

    static let schemes: [(yaml: String, scheme: SignatureScheme)] = [
        (
            """
            header: X-Partner-Signature, prefix: "v1=", encoding: hex, algorithm: sha256, signed: ["{timestamp}", ".", \
            "{body}"], timestamp: {header: X-Partner-Time, tolerance: 5m}
            """,
            SignatureScheme(
                .header("X-Partner-Signature"),
                .plain(prefix: "v1="),
                signed: [.timestamp, .literal("."), .body],
                time: .init(.header("X-Partner-Time"), tolerance: .within(.seconds(300)))
            )
        ),
        ("header: X-Sig", SignatureScheme(.header("X-Sig"))),
        (
            "header: X-Sig, parameter: v1, signed: \"v0:{timestamp}:{body}\", timestamp: {parameter: t, unit: ms}",
            SignatureScheme(
                .header("X-Sig"),
                .parameters(name: "v1", separator: ","),
                signed: [.literal("v0:"), .timestamp, .literal(":"), .body],
                time: .init(.parameter("t"), unit: .milliseconds, tolerance: .within(.seconds(300)))
            )
        ),
        ("query: token, algorithm: secret", SignatureScheme(.query("token"), .plain(prefix: ""), .text, .secret)),
        (
            "header: Authorization, authorization: Basic, algorithm: secret",
            SignatureScheme(.header("Authorization"), .authorization("Basic"), .base64, .secret)
        ),
        (
            "header: Authorization, authorization: Bearer, algorithm: secret",
            SignatureScheme(.header("Authorization"), .authorization("Bearer"), .text, .secret)
        ),
        (
            "header: X-Sig, algorithm: ed25519, key: base64, signed: [\"{method}{url}{header:X-Id}{json:a.b}{form}\"]",
            SignatureScheme(
                .header("X-Sig"),
                .plain(prefix: ""),
                .hexadecimal,
                .ed25519,
                keyForm: .base64,
                signed: [.method, .url, .header("X-Id"), .json("a.b"), .formFields]
            )
        ),
        (
            """
            header: X-Sig, signed: ["{url}", "{form}"], body-digest: bodySHA256, \
            timestamp: {header: X-Time, tolerance: 1m, past: 12h}
            """,
            SignatureScheme(
                .header("X-Sig"),
                signed: [.url, .formFields],
                time: .init(
                    .header("X-Time"),
                    tolerance: TimestampTolerance(past: .seconds(43_200), future: .seconds(60))
                ),
                bodyDigest: "bodySHA256"
            )
        ),
    ]

    @Test("is read as it would be written in Swift", arguments: schemes.indices)
    func scheme(_ index: Int) throws {
        let (yaml, scheme) = Self.schemes[index]
        let loaded = try load("endpoints: {a: {source: custom, secrets: [env:A], scheme: {\(yaml)}}}")
        #expect(loaded.configuration.endpoint("a")?.scheme.value == scheme)
    }

    @Test(
        "is refused where it does not fit together, with its place",
        arguments: [
            ("source: custom", "endpoints.a.scheme: needs one of header, query and json"),
            ("source: custom, scheme: {header: A, query: b}", "needs one of header, query and json"),
            ("source: wacht, scheme: {header: A}", "endpoints.a.scheme: is for the source 'custom'"),
            ("source: custom, scheme: {header: A, prefix: x, parameter: v1}", "can have one of prefix"),
            ("source: custom, scheme: {header: A, signed: \"{timestamp}{body}\"}", "nothing says where it stands"),
            ("source: custom, scheme: {header: A, timestamp: {parameter: t}}", "scheme.timestamp.parameter"),
            ("source: custom, scheme: {header: A, signed: \"{boddy}\"}", "expected a text with {body}"),
            ("source: custom, scheme: {header: A, algorithm: md5}", "expected one of sha1, sha256, sha512"),
            ("source: stripe, handshake-tokens: [env:T]", "endpoints.a.handshake-tokens: means nothing"),
            (
                "source: custom, scheme: {header: A, timestamp: {past: 1h}}",
                "scheme.timestamp.past: bounds a time, but nothing says where it stands"
            ),
            ("source: custom, scheme: {header: A, body-digest: d}", "scheme.body-digest: stands in the URL"),
            (
                "source: custom, scheme: {json: auth.secret, algorithm: secret}",
                "scheme.json: would leave the secret in clear in every stored body"
            ),
            (
                "source: custom, scheme: {header: A}, event-type: {parts: [\"{body}\"]}",
                "expected a text, or {header:Name}"
            ),
            ("source: stripe, time: {json: at}", "endpoints.a.time.json: means nothing for the source 'stripe'"),
            ("source: stripe, ordering-key: {parts: [a]}", "endpoints.a.ordering-key.parts: means nothing"),
            ("source: stripe, idempotency-key: {unstable: [a]}", "endpoints.a.idempotency-key.unstable: means nothing"),
            ("source: stripe, event-type: {form: a}", "endpoints.a.event-type.form: means nothing"),
            ("source: square, url: hooks.example.com", "expected a URL"),
        ]
    )
    func refused(endpoint: String, advice: String) {
        let error = #expect(throws: InvalidConfiguration.self) {
            try load("endpoints:\n  a: {\(endpoint), secrets: [env:A]}\n")
        }
        let found = error?.problems.map(\.description) ?? []
        #expect(found.contains { $0.contains(advice) }, "\(found)")
    }

    static let locations: [(yaml: String, locations: EventLocations)] = [
        (
            """
            event-type: {parts: ["{header:X-Event}", "{json:action}"], form: command}, \
            idempotency-key: {header: X-Id, unstable: [attempt, "tries[].number"]}, \
            ordering-key: {parts: [order, "{json:order.id}"]}, time: {header: X-At, json: at}
            """,
            EventLocations(
                eventType: [[.header("X-Event"), .json("action")], [.form("command")], [.json("type")]],
                idempotencyKey: [[.header("X-Id")]],
                unstablePaths: ["attempt", "tries[].number"],
                orderingKey: [[.literal("order"), .json("order.id")]],
                time: [.header("X-At"), .json("at")]
            )
        ),
        (
            """
            event-type: {json: "[0].kind"}, idempotency-key: {form: id, parts: ["{form-json:payload:id}"]}, \
            ordering-key: {json: order}
            """,
            EventLocations(
                eventType: [[.json("[0].kind")]],
                idempotencyKey: [[.jsonInForm(field: "payload", path: "id")], [.form("id")]],
                orderingKey: [[.json("order")]],
                time: [.member("timestamp")]
            )
        ),
        ("", EventLocations(eventType: [[.member("type")]], time: [.member("timestamp")])),
    ]

    @Test("places are read as they would be written in Swift", arguments: locations.indices)
    func places(_ index: Int) throws {
        let (yaml, locations) = Self.locations[index]
        let scheme = "scheme: {header: X-Sig}\(yaml.isEmpty ? "" : ", ")"
        let loaded = try load("endpoints: {a: {source: custom, secrets: [env:A], \(scheme)\(yaml)}}")
        let settings = try #require(loaded.configuration.endpoint("a"))
        #expect(settings.locations.replacing(GenericRules.locations(of: .custom)) == locations)
    }
}
