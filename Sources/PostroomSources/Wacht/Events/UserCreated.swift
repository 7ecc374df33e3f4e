public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// A user came to be, by signing up or by an administrator's hand.
    public struct UserCreated: EnvelopedEvent {
        typealias Envelope = WachtEnvelope

        /// `user.created`.
        public static let eventTypes = ["user.created"]

        /// The user, as it was when Wacht put the delivery together, which may be after later changes.
        public let user: User
        /// When Wacht queued the delivery, to the second, by its clock; `nil` where the envelope does not say.
        public let sentAt: Date?
        /// Whether a person at Wacht had the delivery sent again: the same event came before under another
        /// idempotency key.
        public let isReplay: Bool

        init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.user = try User(data)
            self.sentAt = envelope.sentAt
            self.isReplay = envelope.isReplay
        }
    }
}
