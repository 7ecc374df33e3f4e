import PostroomCore

extension Wakit {
    /// An organization connected an address with a messaging service.
    public struct OrganizationAddressInserted: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `organizations_addresses.insert`.
        public static let eventTypes = ["organizations_addresses.insert"]

        /// The address's row.
        public let address: OrganizationAddress
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.address = try OrganizationAddress(data)
        }
    }

    /// An organization's address changed: its connection or its settings.
    ///
    /// It may overtake the insert and other updates; the newest `updatedAt` counts. What is absent is unchanged.
    public struct OrganizationAddressUpdated: EnvelopedEvent {
        typealias Envelope = WakitEnvelope

        /// `organizations_addresses.update`.
        public static let eventTypes = ["organizations_addresses.update"]

        /// The address's row, whole or in part.
        public let address: OrganizationAddress
        let notice: OddityRecord

        init(_ envelope: WakitEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = envelope.record
            self.address = try OrganizationAddress(data)
        }
    }
}
