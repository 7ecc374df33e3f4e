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
        public let lists: Field<[String]>
        /// What the environment still asks the user for.
        public let missingFields: Field<[RawJSON]>
        /// The identity of the credential that the user last signed in with.
        public let lastVerifiedCredentialID: String?
        /// What the user can sign in with, which may be hundreds of wallets.
        public let verifiedCredentials: Field<[VerifiedCredential]>

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.identity("id")
            self.environmentID = json.optionalID("projectEnvironmentId")
            self.externalUserID = json.optionalID("externalUserId")
            self.email = json.field("email")
            self.username = json.field("username")
            self.firstVisit = json.optional("firstVisit")
            self.lastVisit = json.optional("lastVisit")
            self.isNew = json.optional("newUser")
            self.sessionID = json.optionalID("sessionId")
            self.scope = json.optional("scope")
            self.lists = json.list("lists")
            self.missingFields = json.list("missingFields")
            self.lastVerifiedCredentialID = json.optionalID("lastVerifiedCredentialId")
            self.verifiedCredentials = json.list("verifiedCredentials")
        }
    }
}
