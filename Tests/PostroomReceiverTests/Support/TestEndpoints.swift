import PostroomCore
import PostroomReceiver

/// Rules by which the field `Key` is the idempotency key, and the body where there is none.
struct TestRules: SourceRules {
    let source: Source = "test"

    func identify(headers: Headers, body: [UInt8]) -> DeliveryIdentity {
        let key = headers.only("Key") ?? "body:\(body.hashValue)"
        return DeliveryIdentity(eventType: "test.event", idempotencyKey: key)
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
        refusalStatus: RefusalStatus = .unauthorized
    ) -> ReceiverEndpoint {
        ReceiverEndpoint(
            name: name,
            source: "test",
            bodyLimit: bodyLimit,
            refusalStatus: refusalStatus,
            rules: TestRules(),
            verify: { headers, _, _ in headers.only("Forged") == nil ? nil : Refusal(reason: "forged") }
        )
    }
}
