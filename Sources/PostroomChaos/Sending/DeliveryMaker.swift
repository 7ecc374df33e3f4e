import Crypto
import FoundationEssentials
import PostroomCore
import PostroomSources

/// Makes the deliveries of a run: the same for the same seed.
struct DeliveryMaker: Sendable {
    /// A delivery that can be signed and sent any number of times.
    struct Made: Sendable {
        let endpoint: ChaosEndpoint
        let id: String
        let body: [UInt8]
        /// The event type that the source's rules find in it.
        let eventType: String?
        /// The value of a header field of its own.
        let mark: String
        let isUndecodable: Bool
        var isPoison = false
        /// The subject of a delivery that has one.
        var subject: ChaosSubject?

        /// The digest of the body in hexadecimal.
        var digest: String {
            Hexadecimal.encode(SHA256.hash(data: body))
        }

        /// The request as it is sent now.
        func signed() throws -> SignedRequest {
            try SourceRegistry.builtIn.sign(
                UnsignedRequest(body: body, id: id, now: .now),
                as: endpoint.source,
                secrets: [Secret(endpoint.secret)]
            )
        }
    }

    /// A header field that every request has, with a value of its own.
    static let markHeader = "X-Chaos-Mark"
    /// A text that every body has and no log may have.
    static let confidential = "confidential-chaos-payload"

    let seed: UInt64
    /// The number of subjects.
    var subjects = 16

    /// Makes a delivery, whose identity no other number has.
    func make(_ number: Int) -> Made {
        var generator = SeededGenerator(seed: seed, purpose: UInt64(number) &+ 100)
        let mark = "\(seed)-\(number)"
        let isPoison = isPoison(number)
        let drawn = ChaosEndpoint.all[Int(generator.next() % UInt64(ChaosEndpoint.all.count))]
        let endpoint = isPoison ? .hmac : drawn
        switch endpoint.source {
        case .standardWebhooks:
            let fits = !generator.once(in: 12)
            let subject = ChaosSubject(number: number, of: subjects, using: &generator)
            let body = """
                {"type":"chaos.order","\(Self.confidential)":\(number),\(subject.members),"fits":\(fits)}
                """
            return Made(
                endpoint: endpoint,
                id: "msg_\(seed)_\(number)",
                body: Array(body.utf8),
                eventType: "chaos.order",
                mark: mark,
                isUndecodable: !fits,
                subject: subject
            )
        case .hmacSHA256:
            let more = isPoison ? ChaosPoison.mark + "," : ""
            let subject = ChaosSubject(number: number, of: subjects, using: &generator)
            let body = """
                {"type":"chaos.thing","number":\(number),\(more)\(subject.members),"note":"\(Self.confidential) \(seed)"}
                """
            return Made(
                endpoint: endpoint,
                id: "",
                body: Array(body.utf8),
                eventType: "chaos.thing",
                mark: mark,
                isUndecodable: false,
                isPoison: isPoison,
                subject: subject
            )
        case .bearer:
            return Made(
                endpoint: endpoint,
                id: "",
                body: octets(number, &generator),
                eventType: nil,
                mark: mark,
                isUndecodable: false
            )
        default:
            let samples = SampleDeliveries(seed: seed)
            let sample = samples.sample(endpoint.source, index: UInt64(number), now: .now)
            return Made(
                endpoint: endpoint,
                id: sample?.id ?? "",
                body: sample.map { Self.marked($0.body, number) } ?? [],
                eventType: sample?.eventType,
                mark: mark,
                isUndecodable: false
            )
        }
    }

    /// A sample's body, which is an object, with one member more.
    private static func marked(_ body: [UInt8], _ number: Int) -> [UInt8] {
        Array(#"{"\#(confidential)":\#(number),"#.utf8) + body.dropFirst()
    }

    /// Returns whether a delivery ends the process of whoever handles it: one of the first, and then one in six thousand.
    func isPoison(_ number: Int) -> Bool {
        number % 6000 == 240 + Int(seed % 240)
    }

    /// A body that is no text: any bytes, some of them zero, up to 8 kB.
    private func octets(_ number: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        let count = Int.random(in: 0...8192, using: &generator)
        let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return Array("\(Self.confidential) \(seed) \(number) ".utf8) + [0, 255] + noise
    }
}
