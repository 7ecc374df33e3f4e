public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// An email address of a user.
    public struct EmailAddress: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the address: a 64-bit number in decimal.
        public let id: String
        /// The address, for example `ava@example.com`.
        public let email: String?
        /// Whether it is the user's primary address.
        public let isPrimary: Bool?
        /// Whether the user has shown that it is theirs.
        public let isVerified: Bool?
        /// When the user showed it.
        public let verifiedAt: Date?
        /// How the user showed it, for example `otp` or `oauth_google`.
        public let verificationStrategy: VerificationStrategy?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.email = json.optional("email")
            self.isPrimary = json.optional("is_primary")
            self.isVerified = json.optional("verified")
            self.verifiedAt = json.optional("verified_at")
            self.verificationStrategy = json.optional("verification_strategy")
        }
    }

    /// A phone number of a user.
    public struct PhoneNumber: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the number: a 64-bit number in decimal.
        public let id: String
        /// The number, for example `+15551234567`.
        public let phoneNumber: String?
        /// The country that the number belongs to.
        public let countryCode: String?
        /// Whether the user has shown that it is theirs.
        public let isVerified: Bool?
        /// When the user showed it.
        public let verifiedAt: Date?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.phoneNumber = json.optional("phone_number")
            self.countryCode = json.optional("country_code")
            self.isVerified = json.optional("verified")
            self.verifiedAt = json.optional("verified_at")
        }
    }

    /// An account at another provider that a user signs in with.
    public struct SocialConnection: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the connection: a 64-bit number in decimal.
        public let id: String
        /// The provider, for example `google_oauth`.
        public let provider: String?
        /// The email address that the provider knows.
        public let emailAddress: String?
        /// The identity of the user's email address that belongs to it.
        public let userEmailAddressID: String?
        /// The token that gives access to the account.
        public let accessToken: Sensitive<String>?
        /// The token that renews the access token.
        public let refreshToken: Sensitive<String>?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.provider = json.optional("provider")
            self.emailAddress = json.optional("email_address")
            self.userEmailAddressID = json.optionalID("user_email_address_id")
            self.accessToken = json.optional("access_token")
            self.refreshToken = json.optional("refresh_token")
        }
    }

    /// A segment: a named group of users, organizations or workspaces.
    public struct Segment: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the segment: a 64-bit number in decimal.
        public let id: String
        /// The name.
        public let name: String?
        /// What it groups, for example `user`.
        public let type: String?
        /// When it came to be.
        public let createdAt: Date?
        /// When it last changed.
        public let updatedAt: Date?
        /// When it was deleted, where it was.
        public let deletedAt: Date?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.name = json.optional("name")
            self.type = json.optional("type")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
            self.deletedAt = json.optional("deleted_at")
        }
    }

    /// How a user has shown that an address is theirs.
    public struct VerificationStrategy: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// By a one-time password.
        public static let oneTimePassword = VerificationStrategy(rawValue: "otp")
        /// By signing in at Google.
        public static let google = VerificationStrategy(rawValue: "oauth_google")
        /// By signing in at GitHub.
        public static let gitHub = VerificationStrategy(rawValue: "oauth_github")
        /// By signing in at Microsoft.
        public static let microsoft = VerificationStrategy(rawValue: "oauth_microsoft")
        /// By signing in at Facebook.
        public static let facebook = VerificationStrategy(rawValue: "oauth_facebook")
        /// By signing in at LinkedIn.
        public static let linkedIn = VerificationStrategy(rawValue: "oauth_linkedin")
        /// By signing in at Discord.
        public static let discord = VerificationStrategy(rawValue: "oauth_discord")
        /// By signing in at Apple.
        public static let apple = VerificationStrategy(rawValue: "oauth_apple")
    }
}
