import PostroomCore

extension Wakit {
    /// A contact was made.
    public struct ContactInserted: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `contacts.insert`.
        public static let eventTypes = ["contacts.insert"]

        /// The contact's row.
        public let contact: Contact
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.contact = try Contact(data)
        }
    }

    /// A contact changed.
    ///
    /// It may overtake the insert and other updates; the newest `updatedAt` counts. What is absent is unchanged.
    public struct ContactUpdated: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `contacts.update`.
        public static let eventTypes = ["contacts.update"]

        /// The contact's row, whole or in part.
        public let contact: Contact
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.contact = try Contact(data)
        }
    }
}
