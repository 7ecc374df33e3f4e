public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// A user of a deployment.
    ///
    /// Only the identity is promised: Wacht documents some events with all fields and some with a few. A ``Field`` that
    /// is null was cleared; one that is absent was not told, which for a list is not the same as empty.
    public struct User: JSONObjectReadable, Hashable, Sendable {
        /// The user's identity: a 64-bit number in decimal.
        public let id: String
        /// When the user came to be.
        public let createdAt: Date?
        /// When the user last changed.
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
        /// Whether the user can't sign in.
        public let isDisabled: Bool?
        /// Whether a second factor is asked for.
        public let secondFactorPolicy: SecondFactorPolicy?
        /// Whether the user is available, in words that the deployment chooses, for example `active`.
        public let availability: String?
        /// When the password was last reset.
        public let lastPasswordResetAt: Field<Date>
        /// The identity of the organization membership that is in use.
        public let activeOrganizationMembershipID: Field<String>
        /// The identity of the workspace membership that is in use.
        public let activeWorkspaceMembershipID: Field<String>
        /// The identity of the deployment.
        public let deploymentID: String?
        /// What the deployment keeps with the user for everyone to read.
        public let publicMetadata: RawJSON?
        /// What the deployment keeps with the user for itself.
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
        /// Whether the user has a password.
        public let hasPassword: Bool?
        /// Whether the user has backup codes for the second factor.
        public let hasBackupCodes: Bool?

        init(_ json: JSONReader) throws(UndecodableEvent) {
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

    /// Whether a second factor is asked for.
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
}
