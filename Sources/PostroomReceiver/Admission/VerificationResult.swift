import FoundationEssentials
import PostroomCore

/// The result of verifying a complete request.
enum VerificationResult: Sendable {
    /// It is not authentic.
    case refused(Refusal)
    /// It is a handshake of its producer, which is answered and not stored.
    case handshake(HandshakeResponse)
    /// It is authentic; `unreadable` says why it names no event type where its source promises one, and `secret` by which of
    /// the endpoint's secrets.
    case authentic(DeliveryIdentity, unreadable: UnreadableReason?, secret: Int?)

    /// The longest body in bytes that is verified on an event loop; a longer one takes more time than that can spare.
    static let longBody = 128 * 1024

    /// Verifies a request, and only then looks at its body, but for what a scheme needs of it to verify it.
    ///
    /// - Parameters:
    ///   - request: The whole request.
    ///   - endpoint: The endpoint that it was sent to.
    ///   - now: The receiver's time.
    /// - Returns: Its identity, the answer to a handshake, or the reason why it is refused.
    static func of(_ request: WebhookRequest, endpoint: ReceiverEndpoint, now: Date) -> VerificationResult {
        switch endpoint.verify(request, now) {
        case .refused(let refusal): return .refused(refusal)
        case .handshake(let response): return .handshake(response)
        case .authentic(let secret): return named(request, endpoint, secret)
        }
    }

    private static func named(
        _ request: WebhookRequest,
        _ endpoint: ReceiverEndpoint,
        _ secret: Int?
    ) -> VerificationResult {
        let (headers, body) = (request.headers, request.body)
        let identity = endpoint.rules.identify(headers: headers, body: body)
        guard identity.eventType == nil, endpoint.promisesEventType else {
            return .authentic(identity, unreadable: nil, secret: secret)
        }
        let reason = endpoint.rules.unreadableReason(headers: headers, body: body)
        return .authentic(identity, unreadable: reason, secret: secret)
    }
}
