import PostroomCore

extension Wakit {
    /// A contact got an address with a messaging service.
    public struct ContactAddressInserted: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `contacts_addresses.insert`.
        public static let eventTypes = ["contacts_addresses.insert"]

        /// The address's row.
        public let address: ContactAddress
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.address = try ContactAddress(data)
        }
    }

    /// A contact's address changed.
    ///
    /// It may overtake the insert and other updates; the newest `updatedAt` counts. What is absent is unchanged.
    public struct ContactAddressUpdated: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `contacts_addresses.update`.
        public static let eventTypes = ["contacts_addresses.update"]

        /// The address's row, whole or in part.
        public let address: ContactAddress
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.address = try ContactAddress(data)
        }
    }
}
