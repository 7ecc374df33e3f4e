import PostroomCore

extension Dynamic {
    /// An address was blocked because it is under sanctions.
    ///
    /// One event tells of one decision. Dynamic also sends it under its older name `sanctions.wallet.blocked` to webhooks
    /// that ask for that: ask for one of the two.
    public struct WalletSanctionsBlocked: DynamicScreeningEvent {
        /// `wallet.sanctions.blocked`.
        public static let eventTypes = ["wallet.sanctions.blocked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The verdict.
        public let screening: Screening
        /// Everything that Dynamic says.
        public let json: RawJSON
    }

    /// An address was blocked by the environment's own policy.
    public struct WalletAddressScreeningBlocked: DynamicScreeningEvent {
        /// `wallet.addressScreening.blocked`.
        public static let eventTypes = ["wallet.addressScreening.blocked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The verdict.
        public let screening: Screening
        /// Everything that Dynamic says.
        public let json: RawJSON
    }

    /// An address met a rule of the environment's own policy that alerts, and was let through.
    public struct WalletAddressScreeningAlerted: DynamicScreeningEvent {
        /// `wallet.addressScreening.alerted`.
        public static let eventTypes = ["wallet.addressScreening.alerted"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The verdict.
        public let screening: Screening
        /// Everything that Dynamic says.
        public let json: RawJSON
    }
}
