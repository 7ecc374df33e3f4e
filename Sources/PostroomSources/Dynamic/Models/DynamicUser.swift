public import FoundationEssentials
import PostroomCore

extension Dynamic {
    /// A user of an environment.
    ///
    /// Dynamic promises none of it.
    public struct User: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the user, a UUID.
        public let id: String?
        /// The identity of the environment.
        public let environmentID: String?
        /// The identity that the environment's owner gave the user.
        public let externalUserID: String?
        /// The email address, null where the user has none.
        public let email: Field<String>
        /// The user name.
        public let username: Field<String>
        /// When the user first came.
        public let firstVisit: Date?
        /// When the user last came.
        public let lastVisit: Date?
        /// Whether this is the first sign-in.
        public let isNew: Bool?
        /// The identity of the session that the user came with.
        public let sessionID: String?
        /// What the user may do, in words separated by spaces.
        public let scope: String?
        /// The lists of allowed users that the user is on.
        public let lists: [String]
        /// What the environment still asks the user for.
        public let missingFields: [RawJSON]
        /// The identity of the credential that the user last signed in with.
        public let lastVerifiedCredentialID: String?
        /// What the user can sign in with, which may be hundreds of wallets.
        public let verifiedCredentials: [VerifiedCredential]

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.optionalID("id")
            self.environmentID = try json.optionalID("projectEnvironmentId")
            self.externalUserID = try json.optionalID("externalUserId")
            self.email = try json.field("email")
            self.username = try json.field("username")
            self.firstVisit = try json.optional("firstVisit")
            self.lastVisit = try json.optional("lastVisit")
            self.isNew = try json.optional("newUser")
            self.sessionID = try json.optionalID("sessionId")
            self.scope = try json.optional("scope")
            self.lists = try json.list("lists")
            self.missingFields = try json.list("missingFields")
            self.lastVerifiedCredentialID = try json.optionalID("lastVerifiedCredentialId")
            self.verifiedCredentials = try json.list("verifiedCredentials")
        }
    }

    /// Something that a user can sign in with: a wallet, an email address, an account elsewhere.
    public struct VerifiedCredential: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the credential, a UUID.
        public let id: String?
        /// What it is.
        public let format: CredentialFormat?
        /// A wallet's kind of chain.
        public let chain: Chain?
        /// A wallet's address.
        public let address: String?
        /// A wallet's program, for example `metamask`.
        public let walletName: String?
        /// An email address.
        public let email: Field<String>

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.optionalID("id")
            self.format = try json.optional("format")
            self.chain = try json.optional("chain")
            self.address = try json.optional("address")
            self.walletName = try json.optional("walletName")
            self.email = try json.field("email")
        }
    }

    /// What a credential is.
    public struct CredentialFormat: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A wallet.
        public static let blockchain = CredentialFormat(rawValue: "blockchain")
        /// An email address.
        public static let email = CredentialFormat(rawValue: "email")
        /// An account at another provider.
        public static let oauth = CredentialFormat(rawValue: "oauth")
        /// A passkey.
        public static let passkey = CredentialFormat(rawValue: "passkey")
        /// A phone number.
        public static let phoneNumber = CredentialFormat(rawValue: "phoneNumber")
        /// A user of the environment's owner.
        public static let externalUser = CredentialFormat(rawValue: "externalUser")
    }
}
