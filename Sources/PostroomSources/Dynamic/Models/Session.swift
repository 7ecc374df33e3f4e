public import FoundationEssentials
public import PostroomCore

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
        /// The kind of chain of that wallet.
        public let chain: Field<Chain>
        /// The program of that wallet.
        public let walletName: Field<String>
        /// The way in which that wallet was reached.
        public let provider: Field<WalletProvider>
        /// The address that the user came from.
        public let ipAddress: Field<Sensitive<String>>
        /// The site that the user came to.
        public let origin: Field<String>
        /// The time at which it began.
        public let createdAt: Date?
        /// The time at which it expires.
        public let expiresAt: Field<Date>
        /// The time at which it was revoked.
        public let revokedAt: Field<Date>
        /// The credentials that the user signed in with.
        public let verifiedCredentialType: CredentialFormat?
        /// The identity of that credential.
        public let verifiedCredentialID: String?
        /// All that the user could sign in with when the session began; only with ``UserSessionCreated``.
        public let verifiedCredentials: Field<[VerifiedCredential]>

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = json.optionalID("id")
            self.userID = json.optionalID("userId")
            self.environmentID = json.optionalID("projectEnvironmentId")
            self.walletPublicKey = json.field("walletPublicKey")
            self.chain = json.field("chain")
            self.walletName = json.field("walletName")
            self.provider = json.field("provider")
            self.ipAddress = json.field("ipAddress")
            self.origin = json.field("origin")
            self.createdAt = json.optional("createdAt")
            self.expiresAt = json.field("expiresAt")
            self.revokedAt = json.field("revokedAt")
            self.verifiedCredentialType = json.optional("verifiedCredentialType")
            self.verifiedCredentialID = json.optionalID("verifiedCredentialId")
            self.verifiedCredentials = json.list("verifiedCredentials")
        }
    }
}
