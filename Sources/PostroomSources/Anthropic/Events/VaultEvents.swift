import PostroomCore

extension Anthropic {
    /// A vault came to be.
    public struct VaultCreated: AnthropicVaultEvent {
        /// `vault.created`.
        public static let eventTypes = ["vault.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the vault.
        public let vaultID: String
    }

    /// A vault was archived.
    public struct VaultArchived: AnthropicVaultEvent {
        /// `vault.archived`.
        public static let eventTypes = ["vault.archived"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the vault.
        public let vaultID: String
    }

    /// A vault was deleted.
    ///
    /// It is the last word on the vault, and may overtake the events before it.
    public struct VaultDeleted: AnthropicVaultEvent {
        /// `vault.deleted`.
        public static let eventTypes = ["vault.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the vault.
        public let vaultID: String
    }
}
