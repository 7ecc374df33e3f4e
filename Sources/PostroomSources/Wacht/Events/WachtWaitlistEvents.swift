import PostroomCore

extension Wacht {
    /// Somebody entered a waiting list.
    public struct WaitlistEntryCreated: WachtWaitlistEvent {
        /// `waitlist.entry.created`.
        public static let eventTypes = ["waitlist.entry.created"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the entry: a 64-bit number in decimal.
        public let entryID: String
    }

    /// Somebody on a waiting list was let in.
    public struct WaitlistEntryApproved: WachtWaitlistEvent {
        /// `waitlist.entry.approved`.
        public static let eventTypes = ["waitlist.entry.approved"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the entry: a 64-bit number in decimal.
        public let entryID: String
    }
}
