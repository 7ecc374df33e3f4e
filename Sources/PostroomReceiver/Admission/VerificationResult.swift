import FoundationEssentials
import PostroomCore

/// Whether a complete request is believed, and who it says it is.
enum VerificationResult: Sendable {
    case refused(Refusal)
    /// It is believed; `unreadable` says why it names no event type where its source promises one.
    case authentic(DeliveryIdentity, unreadable: UnreadableReason?)

    /// Beyond this many bytes of body, judging takes longer than an event loop can spare, and is done elsewhere.
    static let longBody = 128 * 1024

    /// Verifies first; nothing in the body is looked at before.
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
