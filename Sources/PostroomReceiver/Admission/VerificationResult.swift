import FoundationEssentials
import PostroomCore

/// The result of verifying a complete request.
enum VerificationResult: Sendable {
    /// It is not authentic.
    case refused(Refusal)
    /// It is authentic; `unreadable` says why it names no event type where its source promises one.
    case authentic(DeliveryIdentity, unreadable: UnreadableReason?)

    /// The longest body in bytes that is verified on an event loop; a longer one takes more time than that can spare.
    static let longBody = 128 * 1024

    /// Verifies a request, and only then looks at its body.
    ///
    /// - Parameters:
    ///   - headers: The header fields.
    ///   - body: The whole body.
    ///   - endpoint: The endpoint that it was posted to.
    ///   - now: The receiver's time.
    /// - Returns: Its identity, or the reason why it is refused.
    static func of(headers: Headers, body: [UInt8], endpoint: ReceiverEndpoint, now: Date) -> VerificationResult {
        if let refusal = endpoint.verify(headers, body, now) {
            return .refused(refusal)
        }
        let identity = endpoint.rules.identify(headers: headers, body: body)
        guard identity.eventType == nil, endpoint.promisesEventType else {
            return .authentic(identity, unreadable: nil)
        }
        return .authentic(identity, unreadable: endpoint.rules.unreadableReason(headers: headers, body: body))
    }
}
