public import FoundationEssentials
import PostroomCore

extension Dynamic {
    /// A session of a user.
    ///
    /// Dynamic promises none of it.
    public struct Session: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the session, a UUID.
        public let id: String?
        /// The identity of the user.
        public let userID: String?
        /// The identity of the environment.
        public let environmentID: String?
        /// The wallet that the user signed in with, null where it was none.
        public let walletPublicKey: Field<String>
        /// That wallet's kind of chain.
        public let chain: Field<Chain>
        /// That wallet's program.
        public let walletName: Field<String>
        /// How that wallet was reached.
        public let provider: Field<WalletProvider>
        /// The address that the user came from.
        public let ipAddress: Field<Sensitive<String>>
        /// The site that the user came to.
        public let origin: Field<String>
        /// When it began.
        public let createdAt: Date?
        /// When it ends by itself.
        public let expiresAt: Field<Date>
        /// When it was ended.
        public let revokedAt: Field<Date>
        /// What the user signed in with.
        public let verifiedCredentialType: CredentialFormat?
        /// The identity of that credential.
        public let verifiedCredentialID: String?
        /// All that the user could sign in with when the session began; only with ``UserSessionCreated``.
        public let verifiedCredentials: Field<[VerifiedCredential]>

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.optionalID("id")
            self.userID = try json.optionalID("userId")
            self.environmentID = try json.optionalID("projectEnvironmentId")
            self.walletPublicKey = try json.field("walletPublicKey")
            self.chain = try json.field("chain")
            self.walletName = try json.field("walletName")
            self.provider = try json.field("provider")
            self.ipAddress = try json.field("ipAddress")
            self.origin = try json.field("origin")
            self.createdAt = try json.optional("createdAt")
            self.expiresAt = try json.field("expiresAt")
            self.revokedAt = try json.field("revokedAt")
            self.verifiedCredentialType = try json.optional("verifiedCredentialType")
            self.verifiedCredentialID = try json.optionalID("verifiedCredentialId")
            self.verifiedCredentials = try json.field("verifiedCredentials")
        }
    }
}
