import PostroomCore

extension Anthropic {
    /// A credential was put into a vault.
    public struct VaultCredentialCreated: AnthropicVaultCredentialEvent {
        /// `vault_credential.created`.
        public static let eventTypes = ["vault_credential.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the vault that owns the credential.
        public let vaultID: String
        /// The identity of the credential.
        public let credentialID: String
    }

    /// A credential was archived.
    public struct VaultCredentialArchived: AnthropicVaultCredentialEvent {
        /// `vault_credential.archived`.
        public static let eventTypes = ["vault_credential.archived"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the vault that owns the credential.
        public let vaultID: String
        /// The identity of the credential.
        public let credentialID: String
    }

    /// A credential was deleted.
    ///
    /// It is the last word on the credential, and may overtake the events before it.
    public struct VaultCredentialDeleted: AnthropicVaultCredentialEvent {
        /// `vault_credential.deleted`.
        public static let eventTypes = ["vault_credential.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the vault that owns the credential.
        public let vaultID: String
        /// The identity of the credential.
        public let credentialID: String
    }

    /// A credential could not be renewed.
    ///
    /// Sessions that need it fail until somebody renews it.
    public struct VaultCredentialRefreshFailed: AnthropicVaultCredentialEvent {
        /// `vault_credential.refresh_failed`.
        public static let eventTypes = ["vault_credential.refresh_failed"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the vault that owns the credential.
        public let vaultID: String
        /// The identity of the credential.
        public let credentialID: String
    }
}
