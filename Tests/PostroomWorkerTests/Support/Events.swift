import PostroomCore
import Synchronization

/// Rules for a source that tells nothing of itself.
struct PlainRules: SourceRules {
    let source: Source

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        // A body that begins so is one that older rules could not read.
        let text = String(decoding: body, as: UTF8.self)
        let type = text.hasPrefix("typed:") ? String(text.dropFirst("typed:".count)) : nil
        return DeliveryIdentity(eventType: type, idempotencyKey: text)
    }

    func details(of delivery: Delivery) -> EventDetails {
        EventDetails(orderingKey: "key:\(delivery.idempotencyKey)")
    }
}

/// An event whose body is a decimal number.
struct Numbered: WebhookEvent {
    static let source: Source = "bearer"
    static let eventTypes = ["number"]
    /// The number of times that each body was decoded.
    static let decodings = Mutex<[String: Int]>([:])

    let number: Int

    init(decoding event: Event) throws {
        let text = String(decoding: event.body, as: UTF8.self)
        Self.decodings.withLock { $0[text, default: 0] += 1 }
        guard let number = Int(text) else {
            throw UndecodableEvent(path: "", expectation: "a decimal number")
        }
        self.number = number
    }
}

/// An event of which two places are always odd.
struct Odd: WebhookEvent {
    static let source: Source = "bearer"
    static let eventTypes = ["odd"]

    let oddities = ["a", "b"].map { EventOddity(path: $0, finding: "expected a string, found null") }

    init(decoding event: Event) {}
}

/// An error of a handler.
struct Refused: Error, CustomStringConvertible {
    let description: String
}
