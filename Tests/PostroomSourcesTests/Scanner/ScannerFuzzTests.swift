import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Hostile bodies")
struct ScannerFuzzTests {
    static let now = unix(1_773_568_800)

    /// Samples of every catalogue entry, with every kind of JSON value somewhere.
    static let seeds: [[UInt8]] = {
        let samples = SourceRegistry.builtIn.models.flatMap { model in
            model.events.compactMap { entry in
                SampleDeliveries(seed: 1).sample(model.definition.source, entry.eventType, index: 1, now: now)?.body
            }
        }
        let odd = #"{"a":[1,-2.5e3,true,false,null,{"\u00e9":"\ud83d\ude00\n"}],"b":"é€😀","data":{"data":{"x":{}}}}"#
        return samples + [Array(odd.utf8)]
    }()

    /// Changes, drops, doubles or inserts a few bytes, mostly such that mean something.
    static func mutated(_ body: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        let interesting = Array(#"{}[]":,\u0dD8e+-.tfn "#.utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xED, 0xF4, 0xFF]
        var body = body
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !body.isEmpty {
            let place = Int.random(in: 0..<body.count, using: &generator)
            let byte = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: body[place] = byte
            case 1: body.insert(byte, at: place)
            case 2: body.remove(at: place)
            case 3: body.removeSubrange(place...)
            case 4:
                let end = min(body.count, place + Int.random(in: 1...40, using: &generator))
                body.insert(contentsOf: body[place..<end], at: Int.random(in: 0...body.count, using: &generator))
            default: body[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
        }
        return body
    }

    private struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }

    @Test("what the scanner accepts, Foundation accepts too, half surrogates aside", arguments: [UInt64(1), 2, 3])
    func agreesWithFoundation(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let decoder = JSONDecoder()
        var accepted = 0
        for round in 0..<3000 {
            let body = Self.mutated(Self.seeds[round % Self.seeds.count], &generator)
            guard (try? JSONObject(checking: body)) != nil else { continue }
            accepted += 1
            let text = String(decoding: body, as: UTF8.self).lowercased()
            guard !text.contains("\\ud") else { continue }
            #expect(throws: Never.self, "seed \(seed), round \(round)") {
                try decoder.decode(Anything.self, from: Data(body))
            }
        }
        #expect(accepted > 100)
    }

    @Test("rules and decoders survive any body, and keys can always be stored", arguments: [UInt64(11), 12, 13])
    func survives(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let headers = Headers([("webhook-id", "msg_1")])
        for round in 0..<500 {
            let body = Self.mutated(Self.seeds[round % Self.seeds.count], &generator)
            for source in SourceRegistry.builtIn.definitions.map(\.source) + [.sql, "unknown"] {
                let rules = SourceRegistry.builtIn.rules(for: source)
                let identity = rules.identify(headers: round % 2 == 0 ? headers : Headers(), body: body)
                let key = identity.idempotencyKey.utf8
                #expect((1...512).contains(key.count) && !key.contains(0))
                let type = identity.eventType?.utf8
                #expect(type.map { (1...256).contains($0.count) && !$0.contains(0) } ?? true)
                let reason = rules.unreadableReason(headers: headers, body: body)
                #expect(source == .sql || (reason == nil) == (type != nil), "a reason stands for each missing type")
                let delivery = Delivery(
                    id: DeliveryID(rawValue: 0),
                    endpoint: "fuzz",
                    source: source,
                    eventType: identity.eventType,
                    idempotencyKey: identity.idempotencyKey,
                    receivedAt: Timestamp(rawValue: 0),
                    headers: headers,
                    body: body
                )
                let event = Event(delivery: delivery, details: rules.details(of: delivery))
                for entry in SourceRegistry.builtIn.events(of: source) {
                    do {
                        _ = try entry.swiftType.init(decoding: event)
                    } catch {
                        #expect(error is UndecodableEvent)
                    }
                }
            }
        }
    }

    @Test("random bytes are refused without harm")
    func randomBytes() {
        var generator = SeededGenerator(seed: 99)
        for length in 0..<600 {
            let body = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(throws: JSONFault.self) { try JSONObject(checking: [UInt8(ascii: "{")] + body) }
        }
    }
}
