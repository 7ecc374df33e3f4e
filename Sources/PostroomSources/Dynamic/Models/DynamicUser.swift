public import FoundationEssentials
public import PostroomCore

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
        /// The time of the user's first visit.
        public let firstVisit: Date?
        /// The time of the user's last visit.
        public let lastVisit: Date?
        /// `true` if this is the first sign-in.
        public let isNew: Bool?
        /// The identity of the session that the user came with.
        public let sessionID: String?
        /// The permissions of the user, in words separated by spaces.
        public let scope: String?
        /// The lists of allowed users that the user is on.
        public let lists: Field<[String]>
        /// The fields that the environment still asks the user for.
        public let missingFields: Field<[RawJSON]>
        /// The identity of the credential that the user last signed in with.
        public let lastVerifiedCredentialID: String?
        /// The credentials that the user can sign in with, which may be hundreds of wallets.
        public let verifiedCredentials: Field<[VerifiedCredential]>

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
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

    /// A user's account at another provider, for example at GitHub.
    ///
    /// Dynamic promises none of it.
    public struct SocialAccount: Hashable, Sendable {
        /// The provider.
        public let provider: SocialProvider?
        /// The identity that the provider gave the user.
        public let accountID: Field<String>
        /// The name that the user signs in with there.
        public let username: Field<String>
        /// The name that is shown there.
        public let displayName: Field<String>
        /// The email addresses that the provider knows.
        public let emails: Field<[String]>
        /// The URLs of the account's photos.
        public let photos: Field<[String]>
        /// The profile from the provider's own interface, in the provider's words.
        public let profile: RawJSON?

        /// Reads the account that an event is about.
        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.provider = json.optional("provider")
            self.accountID = json.idField("accountId")
            self.username = json.field("accountUsername")
            self.displayName = json.field("accountDisplayName")
            self.emails = json.list("accountEmails")
            self.photos = json.list("accountPhotos")
            self.profile = json.optional("accountProfile")
        }

        /// Reads the account of a credential, whose names for it begin with `oauth`; `nil` where it has none of them.
        ///
        /// Dynamic's interface spells them as `oauth_provider`, and its models as `oauthProvider`.
        init?(credential json: JSONReader) throws(UndecodableEvent) {
            let provider = json.name("oauthProvider", "oauth_provider")
            let accountID = json.name("oauthAccountId", "oauth_account_id")
            let username = json.name("oauthUsername", "oauth_username")
            guard json.has(provider) || json.has(accountID) || json.has(username) else { return nil }
            self.provider = json.optional(provider)
            self.accountID = json.idField(accountID)
            self.username = json.field(username)
            self.displayName = json.field(json.name("oauthDisplayName", "oauth_display_name"))
            self.emails = json.list(json.name("oauthEmails", "oauth_emails"))
            self.photos = json.list(json.name("oauthAccountPhotos", "oauth_account_photos"))
            self.profile = json.optional(json.name("oauthMetadata", "oauth_metadata"))
        }
    }

    /// A provider of accounts.
    public struct SocialProvider: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Apple.
        public static let apple = SocialProvider(rawValue: "apple")
        /// Coinbase.
        public static let coinbase = SocialProvider(rawValue: "coinbasesocial")
        /// Discord.
        public static let discord = SocialProvider(rawValue: "discord")
        /// Epic Games.
        public static let epicGames = SocialProvider(rawValue: "epicgames")
        /// Facebook.
        public static let facebook = SocialProvider(rawValue: "facebook")
        /// Farcaster.
        public static let farcaster = SocialProvider(rawValue: "farcaster")
        /// GitHub.
        public static let gitHub = SocialProvider(rawValue: "github")
        /// Google.
        public static let google = SocialProvider(rawValue: "google")
        /// LINE.
        public static let line = SocialProvider(rawValue: "line")
        /// Shopify.
        public static let shopify = SocialProvider(rawValue: "shopify")
        /// Spotify.
        public static let spotify = SocialProvider(rawValue: "spotify")
        /// Telegram.
        public static let telegram = SocialProvider(rawValue: "telegram")
        /// TikTok.
        public static let tikTok = SocialProvider(rawValue: "tiktok")
        /// Twitch.
        public static let twitch = SocialProvider(rawValue: "twitch")
        /// X, formerly Twitter.
        public static let twitter = SocialProvider(rawValue: "twitter")
    }

    /// Something that a user can sign in with: a wallet, an email address, a phone number, an account elsewhere.
    ///
    /// Dynamic's interface and its models spell the names of some fields differently; both are read.
    public struct VerifiedCredential: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the credential, a UUID.
        public let id: String?
        /// The kind of the credential.
        public let format: CredentialFormat?
        /// A wallet's kind of chain.
        public let chain: Chain?
        /// A wallet's address.
        public let address: String?
        /// A wallet's program, for example `metamask`.
        public let walletName: String?
        /// The way in which a wallet is reached.
        public let walletProvider: WalletProvider?
        /// An email address.
        public let email: Field<String>
        /// An account at another provider.
        public let account: SocialAccount?
        /// A phone number.
        public let phone: PhoneNumber?
        /// The name of the credential where people see it, for example the email address.
        public let publicIdentifier: String?
        /// `true` if the user can sign in with it.
        public let isSignInEnabled: Bool?
        /// The time at which a wallet was last linked, or chosen to be the user's first.
        public let lastSelectedAt: Date?
        /// The time of the credential's last verification.
        public let verifiedAt: Date?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
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

    /// The kind of a credential.
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
