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
    /// An endpoint that believes every request without a field `Forged`, by the secret at the place that the field `Secret`
    /// says; a body that begins with `handshake`, or another method
    /// than POST, is a handshake, answered with the target.
    static func test(
        _ name: EndpointName = "open",
        bodyLimit: Int = 1 << 20,
        refusalStatus: RefusalStatus = .unauthorized,
        promisesEventType: Bool = true,
        expectedEvery: Duration? = nil,
        secretHeaders: [String] = [],
        handshakeMethods: [String] = [],
        secretNames: [String] = []
    ) -> ReceiverEndpoint {
        ReceiverEndpoint(
            name: name,
            source: "test",
            bodyLimit: bodyLimit,
            refusalStatus: refusalStatus,
            rules: TestRules(),
            promisesEventType: promisesEventType,
            expectedEvery: expectedEvery,
            secretHeaders: secretHeaders,
            handshakeMethods: handshakeMethods,
            secretNames: secretNames,
            verify: { request, _ in
                guard request.headers.only("Forged") == nil else {
                    return .refused(Refusal(reason: "forged", neededHeaders: ["Key"], foundHeaders: ["Forged"]))
                }
                return request.body.starts(with: "handshake".utf8) || request.method != "POST"
                    ? .handshake(HandshakeResponse(contentType: "text/plain", body: Array(request.target.utf8)))
                    : .authentic(secret: request.headers.only("Secret").flatMap { Int($0) })
            }
        )
    }
}
