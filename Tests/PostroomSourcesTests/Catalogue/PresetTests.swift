import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Presets")
struct PresetTests {
    struct Case: CustomTestStringConvertible {
        let source: Source
        var headers: [(name: String, value: String)] = []
        let body: String
        let type: String?
        /// `nil` for the body's digest.
        let key: String?
        let orderingKey: String?
        let time: Double?

        var testDescription: String { "\(source) \(body.prefix(60))" }
    }

    static let cases = codeCases + commerceCases + mailCases + messageCases

    @Test("find type, key, object and time where their producers have them", arguments: cases)
    func identity(_ test: Case) {
        let rules = SourceRegistry.builtIn.rules(for: test.source)
        let headers = Headers(test.headers)
        let body = Array(test.body.utf8)
        let identity = rules.identify(headers: headers, body: body)
        #expect(identity.eventType == test.type)
        #expect(identity.idempotencyKey == test.key ?? IdentityText.digest(body))
        #expect((rules.unreadableReason(headers: headers, body: body) == nil) == (test.type != nil))
        let details = rules.details(of: delivery(test.source, test.body, headers: headers))
        #expect(details.orderingKey == test.orderingKey)
        #expect(details.occurredAt == test.time.map(unix))
    }

    @Test("cite their producer's documentation, and have samples")
    func documented() {
        for model in Presets.all {
            #expect(model.definition.documentation?.hasPrefix("https://") == true)
            #expect(!model.sampleTypes.isEmpty && model.promisesEventType)
        }
    }

    /// The texts by which the person in samples is known.
    private static let marks = ["Ada", "ada@example.com", "ada-lovelace", "5555550123", "203.0.113.7"]

    /// Two samples of each event type that a preset knows.
    private static func samples(_ model: SourceModel) -> [SampleDelivery] {
        model.sampleTypes.flatMap { type in
            (0..<2)
                .compactMap {
                    SampleDeliveries(seed: 1).sample(model.definition.source, type, index: $0, now: unix(1_780_000_000))
                }
        }
    }

    private static func marks(in bytes: some Sequence<UInt8>) -> [String] {
        let text = String(decoding: Array(bytes), as: UTF8.self)
        return marks.filter(text.contains)
    }

    @Test("hide in samples what their producers send of people", arguments: Presets.all.map(\.definition.source))
    func redaction(_ source: Source) throws {
        let model = try #require(SourceRegistry.builtIn.model(of: source))
        let samples = Self.samples(model)
        #expect(samples.contains { !Self.marks(in: $0.body).isEmpty })
        for sample in samples {
            let shown = SourceRegistry.builtIn.redacted(body: sample.body, source: source)
            #expect(Self.marks(in: shown.bytes).isEmpty, "\(String(decoding: shown.bytes, as: UTF8.self))")
        }
    }

    @Test("have a person in a sample at each path that is hidden", arguments: Presets.all.map(\.definition.source))
    func sensitivePaths(_ source: Source) throws {
        let model = try #require(SourceRegistry.builtIn.model(of: source))
        let bodies = Self.samples(model).map(\.body)
        #expect(!model.definition.sensitivePaths.isEmpty)
        for path in model.definition.sensitivePaths {
            let only = Redaction(paths: [path], hidesSecrets: false)
            // One mark fewer: a person stood there.
            let isHit = bodies.contains { body in
                let shown = only.redacted(body)
                guard case .values = shown.hiding else { return false }
                return Self.count(of: Self.marks, in: shown.bytes) < Self.count(of: Self.marks, in: body)
            }
            #expect(isHit, "\(path)")
        }
    }

    private static func count(of marks: [String], in bytes: [UInt8]) -> Int {
        let text = String(decoding: bytes, as: UTF8.self)
        return marks.map { text.ranges(of: $0).count }.reduce(0, +)
    }

    // MARK: - Attempts

    struct Attempts: CustomTestStringConvertible {
        let source: Source
        var headers: [(name: String, value: String)] = []
        let first: String
        let second: String
        let other: String

        var testDescription: String { source.rawValue }
    }

    static let attempts = [
        Attempts(
            source: .hubspot,
            first:
                #"[{"eventId":1,"subscriptionType":"contact.creation","attemptNumber":0},{"eventId":2,"attemptNumber":0}]"#,
            second:
                #"[{"eventId":1,"subscriptionType":"contact.creation","attemptNumber":1},{"eventId":2,"attemptNumber":10}]"#,
            other:
                #"[{"eventId":3,"subscriptionType":"contact.creation","attemptNumber":0},{"eventId":2,"attemptNumber":0}]"#
        ),
        Attempts(
            source: .linear,
            first: #"{"type":"Issue","action":"create","data":{"id":"1"},"webhookTimestamp":1780000000000}"#,
            second: #"{"type":"Issue","action":"create","data":{"id":"1"},"webhookTimestamp":1780000060000}"#,
            other: #"{"type":"Issue","action":"create","data":{"id":"2"},"webhookTimestamp":1780000000000}"#
        ),
        Attempts(
            source: .intercom,
            first: #"{"topic":"contact.created","id":"notif_1","delivery_attempts":1,"delivered_at":0}"#,
            second: #"{"topic":"contact.created","id":"notif_1","delivery_attempts":2,"delivered_at":1780000000}"#,
            other: #"{"topic":"contact.created","id":"notif_2","delivery_attempts":1,"delivered_at":0}"#
        ),
    ]

    @Test("know a later attempt of one event by a body that changed, and another event by its own", arguments: attempts)
    func laterAttempts(_ test: Attempts) {
        let keys = [test.first, test.second, test.other]
            .map { PostroomSourcesTests.identity(test.source, $0, headers: Headers(test.headers)) }
        #expect(keys[0] == keys[1])
        #expect(keys[0].idempotencyKey != keys[2].idempotencyKey)
        // Their bodies differ by right, and nobody is to be told of it.
        #expect(!keys[0].namesBody)
    }

    @Test("take a body that can't be read as it is")
    func unreadable() {
        for body in ["[", "[1]", "[]", "attemptNumber=1"] {
            #expect(
                PostroomSourcesTests.identity(.hubspot, body).idempotencyKey == IdentityText.digest(Array(body.utf8))
            )
        }
        let secrets = [#"[{"token":"a"}]"#, #"[{"token":"b"}]"#]
            .map { PostroomSourcesTests.identity(.hubspot, $0).idempotencyKey }
        #expect(secrets[0] != secrets[1])
    }
}
