import FoundationEssentials
import PostroomCore
import PostroomSources
import Testing

@testable import PostroomCLI

@Suite("Decoding a body")
struct DecodeTests {
    private func decoded(_ source: Source, _ body: String, _ headers: [(name: String, value: String)] = [])
        -> DecodedBody
    {
        DecodedBody(source: source, headers: Headers(headers), body: Array(body.utf8))
    }

    @Test(
        "every sample of every source is shown with its type and key, and nothing of it fails",
        arguments: SourceRegistry.builtIn.definitions
    )
    func samples(definition: SourceDefinition) throws {
        let source = definition.source
        let types = SourceRegistry.builtIn.events(of: source).map(\.eventType)
        for type in types.isEmpty ? [nil] : types.map(Optional.some) {
            let sample = SampleDeliveries(seed: 3)
                .sample(source, type, index: 0, now: Date(timeIntervalSince1970: 1_780_000_000))
            let made = try #require(sample)
            let decoded = DecodedBody(
                source: source,
                headers: Headers(made.headers + [(name: "webhook-id", value: made.id)]),
                body: made.body
            )
            #expect(decoded.failure == nil)
            let (data, _) = written { decoded.write(to: $0, asJSON: false) }
            #expect(data.contains(made.eventType))
            // Nobody can tell what in a form is sensitive.
            #expect(data.contains("\n  ") == (source != .twilio), "\(source) \(made.eventType) shows no field")
        }
    }

    @Test("fields are shown by their path, and sensitive ones are masked")
    func fields() {
        let body =
            #"{"id":"evt_1","type":"invoice.paid","created":1780000000,"#
            + #""data":{"object":{"id":"in_1","object":"invoice","customer_email":"ada@example.com","api_key":"k"}}}"#
        let (data, notes) = written { decoded(.stripe, body).write(to: $0, asJSON: false) }
        for line in [
            "  data.object.id: in_1", "  data.object.customer_email: •••", "  data.object.api_key: •••", "  id: evt_1",
        ] {
            #expect(data.contains(line + "\n"), "\(data)")
        }
        #expect(data.contains("invoice:in_1") && data.contains("2026-05-28"))
        #expect(!data.contains("ada@example.com"))
        #expect(notes.isEmpty)
    }

    @Test("a misfit is told by path and expectation")
    func misfit() {
        let body = #"{"type":"user.created","timestamp":"2026-03-04T10:00:00.000Z","data":[]}"#
        let decoded = decoded(.wacht, body)
        #expect(decoded.failure?.contains("data: expected") == true)
        let (data, _) = written { decoded.write(to: $0, asJSON: true) }
        #expect(data.contains(#""path":"data""#) && data.contains(#""swift_type":"Wacht.UserCreated""#))
        #expect(self.decoded(.wacht, "{").failure?.contains("event type can't be read") == true)
        #expect(self.decoded(.bearer, "{").failure == nil)
    }

    @Test(
        "what a typed value holds of the sensitive paths is hidden too, wherever it stands",
        arguments: SourceRegistry.builtIn.definitions
    )
    func hidden(definition: SourceDefinition) throws {
        for entry in SourceRegistry.builtIn.events(of: definition.source) {
            let sample = SampleDeliveries(seed: 3)
                .sample(definition.source, entry.eventType, index: 0, now: Date(timeIntervalSince1970: 1_780_000_000))
            let body = try #require(sample).body
            let decoded = DecodedBody(source: definition.source, headers: Headers(), body: body)
            let (data, _) = written { decoded.write(to: $0, asJSON: false) }
            for text in SourceRegistry.builtIn.sensitiveTexts(body: body, source: definition.source)
            where text.utf8.count > 8 {
                #expect(!data.contains(text), "\(entry.eventType)")
            }
        }
    }
}
