import PostroomCore

extension Wakit {
    /// A message was received, or is to be sent.
    ///
    /// What a handler itself sends through wakit comes back as one of these; look at the direction. Messages of a history
    /// that wakit imports are months old.
    public struct MessageInserted: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `messages.insert`.
        public static let eventTypes = ["messages.insert"]

        /// The message's row.
        ///
        /// Its content may be empty, to be filled in by an update.
        public let message: Message
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.message = try Message(data)
        }
    }

    /// A message changed: mostly, its status went on.
    ///
    /// It may overtake the insert and other updates. Merge the steps of the status by name, let the newest `updatedAt`
    /// win elsewhere, and never let a status go back. What is absent is unchanged.
    public struct MessageUpdated: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `messages.update`.
        public static let eventTypes = ["messages.update"]

        /// The message's row: whole on the wire, a few columns in the documentation.
        public let message: Message
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.message = try Message(data)
        }
    }
}
