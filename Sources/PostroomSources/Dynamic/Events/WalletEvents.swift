import PostroomCore

extension Dynamic {
    /// A wallet was made for a user.
    public struct WalletCreated: DynamicWalletEvent {
        /// `wallet.created`.
        public static let eventTypes = ["wallet.created"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// A user linked a wallet.
    public struct WalletLinked: DynamicWalletEvent {
        /// `wallet.linked`.
        public static let eventTypes = ["wallet.linked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// A user unlinked a wallet.
    ///
    /// Dynamic names the fields of its wallet differently; the wallet here reads the same.
    public struct WalletUnlinked: DynamicWalletEvent {
        /// `wallet.unlinked`.
        public static let eventTypes = ["wallet.unlinked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// A user exported the key of a wallet.
    public struct WalletExported: DynamicWalletEvent {
        /// `wallet.exported`.
        public static let eventTypes = ["wallet.exported"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// A wallet passed from one user to another.
    public struct WalletTransferred: DynamicWalletEvent {
        /// `wallet.transferred`.
        public static let eventTypes = ["wallet.transferred"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// A wallet was deleted.
    ///
    /// Dynamic's list of types does not name it, and Dynamic sends it all the same.
    public struct WalletDeleted: DynamicWalletEvent {
        /// `wallet.deleted`.
        public static let eventTypes = ["wallet.deleted"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// Dynamic began to watch what happens to a wallet.
    public struct WalletActivityRegistered: DynamicWalletEvent {
        /// `wallet.activity.registered`.
        public static let eventTypes = ["wallet.activity.registered"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }

    /// A user took back the access to a wallet.
    public struct WalletDelegationRevoked: DynamicWalletEvent {
        /// `wallet.delegation.revoked`.
        public static let eventTypes = ["wallet.delegation.revoked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
    }
}
