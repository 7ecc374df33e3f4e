import PostroomCore

extension Wakit {
    /// A conversation began.
    public struct ConversationInserted: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `conversations.insert`.
        public static let eventTypes = ["conversations.insert"]

        /// The conversation's row.
        public let conversation: Conversation
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.conversation = try Conversation(data)
        }
    }

    /// A conversation changed: it was closed, opened again or named.
    ///
    /// It may overtake the insert and other updates; the newest `updatedAt` counts. What is absent is unchanged.
    public struct ConversationUpdated: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `conversations.update`.
        public static let eventTypes = ["conversations.update"]

        /// The conversation's row, whole or in part.
        public let conversation: Conversation
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.conversation = try Conversation(data)
        }
    }
}
