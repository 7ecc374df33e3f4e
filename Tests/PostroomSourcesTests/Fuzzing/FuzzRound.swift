import FoundationEssentials
import PostroomCore

@testable import PostroomSources

/// One changed sample, sent through everything that reads bodies.
struct FuzzRound {
    /// The sample and its source.
    struct Seed: Sendable {
        let source: Source
        let tree: JSONTree
    }

    /// A sample of every event type of every source.
    static let seeds: [Seed] = SourceRegistry.builtIn.models.flatMap { model in
        model.events.compactMap { entry in
            let source = model.definition.source
            let sample = SampleDeliveries(seed: 1).sample(source, entry.eventType, index: 1, now: unix(1_773_568_800))
            return sample.flatMap { try? JSONObject(checking: $0.body, limits: .deepEnvelope) }
                .map { Seed(source: source, tree: JSONTree($0)) }
        }
    }

    /// The mistake, if there was one.
    static func run(seed: UInt64, round: UInt64) -> String? {
        var generator = SeededGenerator(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ round)
        let chosen = seeds[Int(round % UInt64(seeds.count))]
        var tree = chosen.tree
        TreeMutation.mutate(&tree, &generator)
        let planted = SensitiveOracle(chosen.source).planted(tree).bytes
        let shown = SourceRegistry.builtIn.redacted(body: planted, source: chosen.source).bytes
        if String(decoding: shown, as: UTF8.self).contains(SensitiveOracle.canary) {
            return "a sensitive value is shown"
        }
        var body = planted
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: body = ScannerFuzzTests.mutated(body, &generator)
        case 1: body = Array(body.prefix(Int.random(in: 0...body.count, using: &generator)))
        default: break
        }
        return problem(body, chosen.source)
    }

    private static func problem(_ body: [UInt8], _ source: Source) -> String? {
        let rules = SourceRegistry.builtIn.rules(for: source)
        let headers = Headers([("webhook-id", "msg_1")])
        let identity = rules.identify(headers: headers, body: body)
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
        if let type = identity.eventType, let other = foundationsType(body, source), other != type {
            return "the scanner finds another type than Foundation"
        }
        let isReadable = (try? JSONObject(checking: body, limits: .deepEnvelope)) != nil
        for entry in SourceRegistry.builtIn.events(of: source) {
            let isOwn = identity.eventType.map { entry.swiftType.eventTypes.contains($0) } ?? false
            do {
                let oddities = try entry.swiftType.init(decoding: event).oddities
                guard isOwn else { return "an event is decoded as \(entry.eventType) and routed as another type" }
                for oddity in oddities where oddity.path.isEmpty || !oddity.finding.hasPrefix("expected ") {
                    return "an oddity does not say what was expected where: \(oddity)"
                }
                guard oddities.count <= OddityLog.capacity else { return "there are \(oddities.count) oddities" }
                // A path may have the names of a changed body; a finding has none of its texts.
                if oddities.contains(where: { $0.finding.contains(SensitiveOracle.canary) }) {
                    return "an oddity quotes the body"
                }
            } catch let error as UndecodableEvent {
                guard isOwn else { continue }
                if !error.expectation.hasPrefix("expected ") {
                    return "an error does not say what was expected: \(error)"
                }
                if isReadable, error.path.isEmpty, !error.expectation.hasPrefix("expected a JSON object: ") {
                    return "an error names no place: \(error)"
                }
                if error.description.contains(SensitiveOracle.canary) {
                    return "an error quotes the body"
                }
            } catch {
                return "an error of another kind: \(type(of: error))"
            }
        }
        return nil
    }

    private struct Envelope: Decodable {
        struct Data: Decodable {
            var type: String?
        }

        var type: String?
        var eventName: String?
        var entity: String?
        var action: String?
    }

    private struct DataEnvelope: Decodable {
        var data: Envelope.Data?
    }

    /// The event type as a program would find it that reads the body with Foundation; `nil` where it finds none.
    private static func foundationsType(_ body: [UInt8], _ source: Source) -> String? {
        let decoder = JSONDecoder()
        guard source != .anthropic else {
            return (try? decoder.decode(DataEnvelope.self, from: Data(body)))?.data?.type
        }
        guard let envelope = try? decoder.decode(Envelope.self, from: Data(body)) else { return nil }
        switch source {
        case .dynamic: return envelope.eventName
        case .wakit: return envelope.entity.flatMap { entity in envelope.action.map { "\(entity).\($0)" } }
        default: return envelope.type
        }
    }
}
