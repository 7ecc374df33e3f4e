public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// A user of a deployment.
    ///
    /// Only the identity is promised: Wacht documents some events with all fields and some with a few. A ``Field`` that
    /// is null was cleared; one that is absent was not sent, which for a list is not the same as empty.
    public struct User: JSONObjectReadable, Hashable, Sendable {
        /// The user's identity: a 64-bit number in decimal.
        public let id: String
        /// The time at which the user was created.
        public let createdAt: Date?
        /// The time of the user's last change.
        public let updatedAt: Date?
        /// The first name, perhaps empty.
        public let firstName: String?
        /// The last name, perhaps empty.
        public let lastName: String?
        /// The user name.
        public let username: Field<String>
        /// The URL of the profile picture; empty where there is none.
        public let profilePictureURL: String?
        /// The version of the user's schema.
        public let schemaVersion: SchemaVersion?
        /// `true` if the user can't sign in.
        public let isDisabled: Bool?
        /// The rule on the second factor.
        public let secondFactorPolicy: SecondFactorPolicy?
        /// The user's availability, in words that the deployment chooses, for example `active`.
        public let availability: String?
        /// The time of the password's last reset.
        public let lastPasswordResetAt: Field<Date>
        /// The identity of the organization membership that is in use.
        public let activeOrganizationMembershipID: Field<String>
        /// The identity of the workspace membership that is in use.
        public let activeWorkspaceMembershipID: Field<String>
        /// The identity of the deployment.
        public let deploymentID: String?
        /// The metadata that the deployment keeps with the user for everyone to read.
        public let publicMetadata: RawJSON?
        /// The metadata that the deployment keeps with the user for itself.
        public let privateMetadata: Sensitive<RawJSON>?
        /// The identity of the primary email address.
        public let primaryEmailAddressID: Field<String>
        /// The primary email address.
        public let primaryEmailAddress: Field<String>
        /// The identity of the primary phone number.
        public let primaryPhoneNumberID: Field<String>
        /// The primary phone number in E.164 form, for example `+15551234567`.
        public let primaryPhoneNumber: Field<String>
        /// The email addresses.
        public let emailAddresses: Field<[EmailAddress]>
        /// The phone numbers.
        public let phoneNumbers: Field<[PhoneNumber]>
        /// The accounts at other providers that the user signs in with.
        public let socialConnections: Field<[SocialConnection]>
        /// The segments that the user is in.
        public let segments: Field<[Segment]>
        /// `true` if the user has a password.
        public let hasPassword: Bool?
        /// `true` if the user has backup codes for the second factor.
        public let hasBackupCodes: Bool?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id", or: "entity_id")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
            self.firstName = json.optional("first_name")
            self.lastName = json.optional("last_name")
            self.username = json.field("username")
            self.profilePictureURL = json.optional("profile_picture_url")
            self.schemaVersion = json.optional("schema_version")
            self.isDisabled = json.optional("disabled")
            self.secondFactorPolicy = json.optional("second_factor_policy")
            self.availability = json.optional("availability")
            self.lastPasswordResetAt = json.field("last_password_reset_at")
            self.activeOrganizationMembershipID = json.idField("active_organization_membership_id")
            self.activeWorkspaceMembershipID = json.idField("active_workspace_membership_id")
            self.deploymentID = json.optionalID("deployment_id")
            self.publicMetadata = json.optional("public_metadata")
            self.privateMetadata = json.optional("private_metadata")
            self.primaryEmailAddressID = json.idField("primary_email_address_id")
            self.primaryEmailAddress = json.field("primary_email_address")
            self.primaryPhoneNumberID = json.idField("primary_phone_number_id")
            self.primaryPhoneNumber = json.field("primary_phone_number")
            self.emailAddresses = json.list("email_addresses")
            self.phoneNumbers = json.list("phone_numbers")
            self.socialConnections = json.list("social_connections")
            self.segments = json.list("segments")
            self.hasPassword = json.optional("has_password")
            self.hasBackupCodes = json.optional("has_backup_codes")
        }
    }

    /// The version of a user's schema.
    public struct SchemaVersion: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The first schema.
        public static let v1 = SchemaVersion(rawValue: "v1")
        /// The second schema.
        public static let v2 = SchemaVersion(rawValue: "v2")
    }

    /// The rule on the second factor.
    public struct SecondFactorPolicy: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// No second factor.
        public static let none = SecondFactorPolicy(rawValue: "none")
        /// A second factor where the user has set one up.
        public static let optional = SecondFactorPolicy(rawValue: "optional")
        /// A second factor in any case.
        public static let enforced = SecondFactorPolicy(rawValue: "enforced")
    }

    /// An email address of a user.
    public struct EmailAddress: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the address: a 64-bit number in decimal.
        public let id: String
        /// The address, for example `ava@example.com`.
        public let email: String?
        /// `true` if it is the user's primary address.
        public let isPrimary: Bool?
        /// `true` if the user has verified it.
        public let isVerified: Bool?
        /// The time of the verification.
        public let verifiedAt: Date?
        /// The method of the verification, for example `otp` or `oauth_google`.
        public let verificationStrategy: VerificationStrategy?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
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
        /// `true` if the user has verified it.
        public let isVerified: Bool?
        /// The time of the verification.
        public let verifiedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
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

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
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
        /// The kind of its members, for example `user`.
        public let type: String?
        /// The time at which it was created.
        public let createdAt: Date?
        /// The time of its last change.
        public let updatedAt: Date?
        /// The time at which it was deleted, where it was.
        public let deletedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.name = json.optional("name")
            self.type = json.optional("type")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
            self.deletedAt = json.optional("deleted_at")
        }
    }

    /// The method by which a user verified an address.
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

    /// A user's second factor.
    public struct Authenticator: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the second factor, which is not the event's entity: a 64-bit number in decimal.
        public let id: String?
        /// The identity of the user: a 64-bit number in decimal.
        public let userID: String
        /// The URL with the secret of the one-time passwords; null once the factor is given up.
        public let oneTimePasswordURL: Field<Sensitive<String>>
        /// The time at which it was created.
        public let createdAt: Date?
        /// The time of its last change.
        public let updatedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = json.optionalID("id")
            self.userID = try json.id("user_id", or: "entity_id")
            self.oneTimePasswordURL = json.field("otp_url")
            self.createdAt = json.optional("created_at")
            self.updatedAt = json.optional("updated_at")
        }
    }
}
