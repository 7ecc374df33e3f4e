public import FoundationEssentials
import PostroomCore

extension Dynamic {
    /// Something that a user can sign in with: a wallet, an email address, a phone number, an account elsewhere.
    ///
    /// Dynamic's interface and its models spell the names of some fields differently; both are read.
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
        /// How a wallet is reached.
        public let walletProvider: WalletProvider?
        /// An email address.
        public let email: Field<String>
        /// An account at another provider.
        public let account: SocialAccount?
        /// A phone number.
        public let phone: PhoneNumber?
        /// What the credential is called where people see it, for example the email address.
        public let publicIdentifier: String?
        /// Whether the user can sign in with it.
        public let isSignInEnabled: Bool?
        /// When a wallet was last linked, or chosen to be the user's first.
        public let lastSelectedAt: Date?
        /// When the credential was last verified.
        public let verifiedAt: Date?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = json.optionalID("id")
            self.format = json.optional("format")
            self.chain = json.optional("chain")
            self.address = json.optional("address")
            self.walletName = json.optional(json.name("walletName", "wallet_name"))
            self.walletProvider = json.optional(json.name("walletProvider", "wallet_provider"))
            self.email = json.field("email")
            self.account = try SocialAccount(credential: json)
            self.phone = try PhoneNumber(json)
            self.publicIdentifier = json.optional(json.name("publicIdentifier", "public_identifier"))
            self.isSignInEnabled = json.optional("signInEnabled")
            self.lastSelectedAt = json.optional("lastSelectedAt")
            self.verifiedAt = json.optional("verifiedAt")
        }
    }

    /// A phone number in its parts.
    public struct PhoneNumber: Hashable, Sendable {
        /// The number within its country.
        public let number: String?
        /// The international code of the country, in digits, for example `44`.
        public let countryCode: String?
        /// The country, in the two letters of ISO 3166.
        public let isoCountryCode: String?

        /// Reads the number of a credential; `nil` where it has none.
        init?(_ json: JSONReader) throws(UndecodableEvent) {
            guard json.has("phoneNumber") else { return nil }
            self.number = json.optional("phoneNumber")
            self.countryCode = json.optionalID("phoneCountryCode")
            self.isoCountryCode = json.optional("isoCountryCode")
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
