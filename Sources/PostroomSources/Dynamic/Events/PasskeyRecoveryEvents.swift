import PostroomCore

extension Dynamic {
    /// A user began to recover a passkey.
    ///
    /// The data is the wallet that the passkey opens.
    public struct UserPasskeyRecoveryStarted: DynamicWalletEvent {
        /// `user.passkeyRecovery.started`.
        public static let eventTypes = ["user.passkeyRecovery.started"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// A user recovered a passkey.
    ///
    /// The data is the wallet that the passkey opens.
    public struct UserPasskeyRecoveryCompleted: DynamicWalletEvent {
        /// `user.passkeyRecovery.completed`.
        public static let eventTypes = ["user.passkeyRecovery.completed"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }
}
