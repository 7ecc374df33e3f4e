public import FoundationEssentials

extension Wacht {
    /// What the envelope of every event says.
    public struct Notice: SourceNotice, Hashable, Sendable {
        /// When Wacht queued the delivery, to the second, by its clock; `nil` where the envelope does not say.
        public let sentAt: Date?
        /// Whether a person at Wacht had the delivery sent again: the same event came before under another
        /// idempotency key.
        public let isReplay: Bool
        let record: OddityRecord

        init(_ envelope: WachtEnvelope) {
            self.record = envelope.record
            self.sentAt = envelope.reader.optional("timestamp")
            self.isReplay = envelope.isReplay
        }
    }
}
