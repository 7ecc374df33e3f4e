import PostroomCore

extension Dynamic {
    /// A business account came to be.
    public struct BusinessAccountCreated: DynamicBusinessAccountEvent {
        /// `businessAccount.created`.
        public static let eventTypes = ["businessAccount.created"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The account.
        public let account: BusinessAccount
    }

    /// A business account's own details changed.
    public struct BusinessAccountUpdated: DynamicBusinessAccountEvent {
        /// `businessAccount.updated`.
        public static let eventTypes = ["businessAccount.updated"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The account.
        public let account: BusinessAccount
    }

    /// A business account got a member.
    public struct BusinessAccountMemberAdded: DynamicBusinessAccountEvent {
        /// `businessAccount.member.added`.
        public static let eventTypes = ["businessAccount.member.added"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The account.
        public let account: BusinessAccount
    }

    /// A member of a business account got another role.
    public struct BusinessAccountMemberRoleChanged: DynamicBusinessAccountEvent {
        /// `businessAccount.member.roleChanged`.
        public static let eventTypes = ["businessAccount.member.roleChanged"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The account.
        public let account: BusinessAccount
    }

    /// A business account lost a member.
    ///
    /// For every wallet that the member signed for, ``BusinessAccountSignerRevoked`` follows.
    public struct BusinessAccountMemberRemoved: DynamicBusinessAccountEvent {
        /// `businessAccount.member.removed`.
        public static let eventTypes = ["businessAccount.member.removed"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The account.
        public let account: BusinessAccount
    }

    /// A signer lost the share of a wallet's key.
    public struct BusinessAccountSignerRevoked: DynamicBusinessAccountEvent {
        /// `businessAccount.signer.revoked`.
        public static let eventTypes = ["businessAccount.signer.revoked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The account.
        public let account: BusinessAccount
    }

    /// An approved change of a business account took effect.
    ///
    /// The change itself sends an event of its own.
    public struct BusinessAccountProposalExecuted: DynamicBusinessAccountEvent {
        /// `businessAccount.proposal.executed`.
        public static let eventTypes = ["businessAccount.proposal.executed"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The account.
        public let account: BusinessAccount
    }
}
