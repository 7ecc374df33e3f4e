public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// A session: a browser or device and the users who signed in with it.
    ///
    /// Only the identity is promised.
    public struct Session: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the session: a 64-bit number in decimal.
        public let id: String
        /// The identity of the deployment.
        public let deploymentID: String?
        /// The identity of the sign-in that is in use.
        public let activeSignInID: Field<String>
        /// The sign-ins.
        public let signIns: Field<[SignIn]>
        /// The time at which it began.
        public let createdAt: Date?
        /// The time of its last change.
        public let updatedAt: Date?
        /// The time at which it ended, where it did.
        public let deletedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id", or: "entity_id")
            self.deploymentID = json.optionalID("deployment_id")
            self.activeSignInID = json.idField("active_signin_id")
            self.signIns = json.list("signins")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
            self.deletedAt = json.optional("deleted_at")
        }
    }

    /// A user who signed in with a session.
    public struct SignIn: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the sign-in: a 64-bit number in decimal.
        public let id: String?
        /// The identity of the user.
        public let userID: Field<String>
        /// The address that the user came from.
        public let ipAddress: Sensitive<String>?
        /// The browser's name, perhaps empty.
        public let browser: String?
        /// The device's name, perhaps empty.
        public let device: String?
        /// The city that the address is thought to be in, perhaps empty.
        public let city: String?
        /// The region, perhaps empty.
        public let region: String?
        /// The country, perhaps empty.
        public let country: String?
        /// The country in two letters, perhaps empty.
        public let countryCode: String?
        /// The time of the sign-in.
        public let createdAt: Date?
        /// The time at which the user was last active.
        public let lastActiveAt: Date?
        /// The time at which the sign-in expires.
        public let expiresAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = json.optionalID("id")
            self.userID = json.idField("user_id")
            self.ipAddress = json.optional("ip_address")
            self.browser = json.optional("browser")
            self.device = json.optional("device")
            self.city = json.optional("city")
            self.region = json.optional("region")
            self.country = json.optional("country")
            self.countryCode = json.optional("country_code")
            self.createdAt = json.optional("created_at")
            self.lastActiveAt = json.optional("last_active_at")
            self.expiresAt = json.optional("expires_at")
        }
    }
}
