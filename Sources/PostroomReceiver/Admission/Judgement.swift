import FoundationEssentials
import PostroomCore

/// Whether a complete request is believed, and who it says it is.
enum Judgement: Sendable {
    case refused(Refusal)
    case authentic(DeliveryIdentity)

    /// Beyond this many bytes of body, judging takes longer than an event loop can spare, and is done elsewhere.
    static let longBody = 128 * 1024

    /// Verifies first; nothing in the body is looked at before.
    static func of(headers: Headers, body: [UInt8], endpoint: ReceiverEndpoint, now: Date) -> Judgement {
        if let refusal = endpoint.verify(headers, body, now) {
            return .refused(refusal)
        }
        return .authentic(endpoint.rules.identify(headers: headers, body: body))
    }
}
