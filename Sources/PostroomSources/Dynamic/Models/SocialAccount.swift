import PostroomCore

extension Dynamic {
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
        /// What the provider's own interface says of the account, in the provider's words.
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
}
