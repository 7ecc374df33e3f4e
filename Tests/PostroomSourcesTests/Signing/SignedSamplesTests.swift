import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Signed samples")
struct SignedSamplesTests {
    static let now = unix(1_773_568_800.25)
    static let samples = SampleDeliveries(seed: 7)

    static var pairs: [(Source, String)] {
        SourceRegistry.builtIn.models.filter { $0.definition.scheme != .configured }
            .flatMap { model in
                let types = model.events.map(\.eventType)
                return (types.isEmpty ? model.sampleTypes : types).map { (model.definition.source, $0) }
            }
    }

    /// Sources whose deliveries carry no identity of their own.
    private static let withoutKey: Set<Source> = [.hmacSHA256, .bearer, .hubspot, .discord, .zoom, .meta]

    @Test("each sample is authentic, has its type and a key, and decodes", arguments: pairs)
    func accepted(_ source: Source, _ type: String) throws {
        for index in UInt64(0)..<3 {
            let sample = try #require(Self.samples.sample(source, type, index: index, now: Self.now))
            let secret = testSecret(source)
            let request = try SourceRegistry.builtIn.sign(
                UnsignedRequest(body: sample.body, id: sample.id, now: Self.now, fields: sample.headers),
                as: source,
                secrets: [secret]
            )
            let headers = Headers(request.headers)
            let verifier = try SourceRegistry.builtIn.verifier(for: source, secrets: [secret])
            #expect(verifier.verify(request.received(), now: Self.now) == .authentic)
            #expect(headers.only("content-type")?.hasPrefix("application/") == true)

            let identity = SourceRegistry.builtIn.rules(for: source).identify(headers: headers, body: request.body)
            #expect(identity.eventType == type)
            #expect(sample.eventType == type)
            #expect(identity.idempotencyKey.hasPrefix("sha256:") == Self.withoutKey.contains(source))

            let event = event(source, String(decoding: request.body, as: UTF8.self))
            for entry in SourceRegistry.builtIn.events(of: source) where entry.eventType == type {
                _ = try entry.swiftType.init(decoding: event)
                #expect(event.details.occurredAt != nil)
                #expect((event.details.orderingKey == nil) == (type == "test.webhook"))
            }
        }
    }

    @Test("a spoiled signature is a mismatch, not a broken header", arguments: pairs)
    func spoiled(_ source: Source, _ type: String) throws {
        let sample = try #require(Self.samples.sample(source, type, index: 0, now: Self.now))
        let secret = testSecret(source)
        let request = try SourceRegistry.builtIn.sign(
            UnsignedRequest(body: sample.body, id: sample.id, now: Self.now, fields: sample.headers, isInvalid: true),
            as: source,
            secrets: [secret]
        )
        let verdict = try SourceRegistry.builtIn.verifier(for: source, secrets: [secret])
            .verify(request.received(), now: Self.now)
        #expect(verdict == .refused(.signatureMismatch) || verdict == .refused(.tokenMismatch))
    }

    @Test("a hundred samples of each type have a hundred keys, and the same seed makes the same ones", arguments: pairs)
    func unique(_ source: Source, _ type: String) throws {
        var keys: Set<String> = []
        for index in UInt64(0)..<100 {
            let sample = try #require(Self.samples.sample(source, type, index: index, now: Self.now))
            let again = try #require(SampleDeliveries(seed: 7).sample(source, type, index: index, now: Self.now))
            #expect(sample.body == again.body)
            let headers = Headers([("webhook-id", sample.id)] + sample.headers)
            keys.insert(
                SourceRegistry.builtIn.rules(for: source).identify(headers: headers, body: sample.body).idempotencyKey
            )
        }
        #expect(keys.count == 100)
        let other = try #require(SampleDeliveries(seed: 8).sample(source, type, index: 0, now: Self.now))
        #expect(other.body != Self.samples.sample(source, type, index: 0, now: Self.now)?.body)
    }

    @Test("without a type the samples go through the catalogue, and an unknown type has none")
    func chosen() throws {
        for source in SourceRegistry.builtIn.definitions.map(\.source)
        where !SourceRegistry.builtIn.events(of: source).isEmpty {
            let types = SourceRegistry.builtIn.events(of: source).map(\.eventType)
            for (index, type) in types.enumerated() {
                #expect(Self.samples.sample(source, index: UInt64(index), now: Self.now)?.eventType == type)
            }
            #expect(Self.samples.sample(source, "no.such", index: 0, now: Self.now) == nil)
        }
        #expect(Self.samples.sample(.sql, index: 0, now: Self.now) == nil)
        #expect(Self.samples.sample(.bearer, "a\"b", index: 0, now: Self.now)?.eventType == "a\"b")
    }

    @Test("Wacht's samples are about 1 kB, with an entity number beyond what a double can hold")
    func wacht() throws {
        let sample = try #require(Self.samples.sample(.wacht, "user.created", index: 0, now: Self.now))
        #expect((800...1400).contains(sample.body.count))
        let event = event(.wacht, String(decoding: sample.body, as: UTF8.self))
        let user = try event.decode(as: Wacht.UserCreated.self).user
        #expect(event.details.orderingKey == "user:\(user.id)")
        #expect((UInt64(user.id) ?? 0) > 1 << 53)
    }
}
