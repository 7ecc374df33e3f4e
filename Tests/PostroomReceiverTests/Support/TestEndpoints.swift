import PostroomCore
import PostroomReceiver

/// Rules by which the field `Key` is the idempotency key, and the body where there is none.
struct TestRules: SourceRules {
    let source: Source = "test"

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let key = headers.only("Key") ?? "body:\(body.hashValue)"
        let type = unreadableReason(headers: headers, body: body) == nil ? "test.event" : nil
        return DeliveryIdentity(eventType: type, idempotencyKey: key)
    }

    /// A body that begins with `unreadable` can't be read, for the reason that follows.
    func unreadableReason(headers: Headers, body: [UInt8]) -> UnreadableReason? {
        let words = String(decoding: body, as: UTF8.self).split(separator: " ")
        guard words.first == "unreadable", words.count > 1 else { return nil }
        return UnreadableReason.Kind(rawValue: String(words[1])).map { UnreadableReason($0) }
    }

    func details(of delivery: Delivery) -> EventDetails {
        EventDetails()
    }
}

extension ReceiverEndpoint {
    /// An endpoint that believes every request without a field `Forged`.
    static func test(
        _ name: EndpointName = "open",
        bodyLimit: Int = 1 << 20,
        refusalStatus: RefusalStatus = .unauthorized,
        promisesEventType: Bool = true,
        secretHeaders: [String] = []
    ) -> ReceiverEndpoint {
        ReceiverEndpoint(
            name: name,
            source: "test",
            bodyLimit: bodyLimit,
            refusalStatus: refusalStatus,
            rules: TestRules(),
            promisesEventType: promisesEventType,
            secretHeaders: secretHeaders,
            verify: { headers, _, _ in headers.only("Forged") == nil ? nil : Refusal(reason: "forged") }
        )
    }
}
