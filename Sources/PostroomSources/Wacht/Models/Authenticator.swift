public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// A user's second factor.
    public struct Authenticator: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the second factor, which is not the event's entity: a 64-bit number in decimal.
        public let id: String?
        /// The identity of the user: a 64-bit number in decimal.
        public let userID: String
        /// The URL with the secret of the one-time passwords; null once the factor is given up.
        public let oneTimePasswordURL: Field<Sensitive<String>>
        /// When it came to be.
        public let createdAt: Date?
        /// When it last changed.
        public let updatedAt: Date?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = json.optionalID("id")
            self.userID = try json.id("user_id", or: "entity_id")
            self.oneTimePasswordURL = json.field("otp_url")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }
}
