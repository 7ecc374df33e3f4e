import PostroomCore

extension Dynamic {
    /// An embedded wallet signed something.
    ///
    /// What was signed may stand in the body, and is hidden where deliveries are shown.
    public struct WalletSignature: DynamicSignatureEvent {
        /// `wallet.signature`.
        public static let eventTypes = ["wallet.signature"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
        /// Everything that Dynamic says, of which it documents only the wallet.
        public let json: RawJSON
    }

    /// An embedded wallet signed something for somebody whom its user lets sign with it.
    ///
    /// What was signed may stand in the body, and is hidden where deliveries are shown.
    public struct WalletDelegationSignature: DynamicSignatureEvent {
        /// `wallet.delegation.signature`.
        public static let eventTypes = ["wallet.delegation.signature"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
        /// Everything that Dynamic says, of which it documents only the wallet.
        public let json: RawJSON
    }
}
