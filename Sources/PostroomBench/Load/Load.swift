import FoundationEssentials
import PostroomCore
import PostroomSources
import Synchronization

/// The deliveries that a bench sends: one body, and a key for each.
final class Load: Sendable {
    let endpoint: EndpointName = "bench"
    let source: Source
    let eventType: String?
    let headers: Headers
    let body: [UInt8]
    private let next = Atomic(0)

    /// Makes the load.
    ///
    /// - Parameter bodyBytes: The least size of the body: a sample is filled up with a field that nobody reads.
    /// - Throws: ``BenchFailure`` where there is no sample.
    init(bodyBytes: Int) throws {
        let type = Wacht.SessionCreated.eventTypes[0]
        let samples = SampleDeliveries(seed: 1)
        guard let sample = samples.sample(.wacht, type, index: 0, now: Date(timeIntervalSince1970: 1_800_000_000))
        else {
            throw BenchFailure("there is no sample delivery of \(type)")
        }
        source = .wacht
        eventType = sample.eventType
        body = Self.padded(sample.body, to: bodyBytes)
        headers = Headers([
            ("content-type", "application/json"), ("user-agent", "Wacht-Webhook/1.0"),
            ("webhook-id", sample.id), ("webhook-timestamp", "1800000000"),
            ("webhook-signature", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ])
    }

    /// Takes that many numbers that nobody has.
    func numbers(_ count: Int) -> Range<Int> {
        let last = next.add(count, ordering: .relaxed).newValue
        return last - count..<last
    }

    /// Makes the deliveries with those numbers, each with a key of its own.
    func deliveries(_ numbers: Range<Int>) -> [IncomingDelivery] {
        numbers.map { number in
            IncomingDelivery(
                endpoint: endpoint,
                source: source,
                identity: DeliveryIdentity(eventType: eventType, idempotencyKey: "bench-\(number)"),
                headers: headers,
                body: body
            )
        }
    }

    /// The number that a delivery was made with, or `nil` for one of other making.
    static func number(of delivery: Delivery) -> Int? {
        let key = delivery.idempotencyKey.utf8
        guard key.starts(with: "bench-".utf8) else { return nil }
        return Int(delivery.idempotencyKey.dropFirst(6))
    }

    /// Puts a last member into a JSON object, so that it has that size.
    static func padded(_ body: [UInt8], to size: Int) -> [UInt8] {
        let frame = #","filler":"""#.utf8.count
        guard body.last == UInt8(ascii: "}"), body.count + frame < size else { return body }
        let filler = String(repeating: "x", count: size - body.count - frame)
        return body.dropLast() + Array(#","filler":"\#(filler)"}"#.utf8)
    }
}
