import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Dynamic's accounts and credentials")
struct DynamicAccountTests {
    private func decoded<Value: WebhookEvent>(_ type: String, _ data: String, as: Value.Type) throws -> Value {
        try event(.dynamic, #"{"eventName":"\#(type)","userId":"actor","data":\#(data)}"#).decode()
    }

    /// In the shape that a public receiver has for the data of `user.social.linked`.
    private static let link = """
        {"id":"link","userId":"u","walletId":null,"userEmailId":null,"provider":"github","accountId":"7",\
        "accountUsername":"ava","accountDisplayName":"Ava","accountPhotos":["https://a/7"],"accountEmails":["a@b.c"],\
        "accountProfile":{"login":"ava","id":7},"createdAt":"2026-03-04T10:00:00.000Z","deletedAt":null}
        """

    @Test("a linked account names its provider and its user, and its own id is nobody's user")
    func linked() throws {
        let linked = try decoded("user.social.linked", Self.link, as: Dynamic.UserSocialLinked.self)
        #expect(linked.userID == "u" && linked.linkID == "link" && linked.notice.actorID == "actor")
        #expect(linked.account.provider == .gitHub && linked.account.username == .value("ava"))
        #expect(linked.account.accountID == .value("7") && linked.account.displayName == .value("Ava"))
        #expect(linked.account.emails == .value(["a@b.c"]) && linked.account.photos == .value(["https://a/7"]))
        #expect(linked.account.profile.map { String(decoding: $0.bytes, as: UTF8.self) } == #"{"login":"ava","id":7}"#)
        let unlinked = try decoded("user.social.unlinked", Self.link, as: Dynamic.UserSocialUnlinked.self)
        #expect(unlinked.account == linked.account && unlinked.userID == "u")
    }

    @Test(
        "an account without its user has none, though it has an identity of its own",
        arguments: [
            ("user.social.linked", #"{"id":"link","provider":"google"}"#),
            ("user.social.unlinked", #"{"id":"link","userId":null,"provider":"x"}"#),
            ("user.email.unlinked", #"{"id":"email"}"#),
        ]
    )
    func userless(_ type: String, _ data: String) throws {
        let event = event(.dynamic, #"{"eventName":"\#(type)","userId":"actor","data":\#(data)}"#)
        let userID =
            switch type {
            case "user.social.linked": try event.decode(as: Dynamic.UserSocialLinked.self).userID
            case "user.social.unlinked": try event.decode(as: Dynamic.UserSocialUnlinked.self).userID
            default: try event.decode(as: Dynamic.UserEmailUnlinked.self).userID
            }
        #expect(userID == nil && event.details.orderingKey == nil)
    }

    /// The names of Dynamic's schema `JwtVerifiedCredential`, in the spelling of its interface and in that of its models.
    static let credentials: [String] = [
        """
        {"id":"c","format":"oauth","oauth_provider":"google","oauth_username":"ava","oauth_display_name":null,\
        "oauth_account_id":"7","oauth_account_photos":["https://a/7"],"oauth_emails":["a@b.c"],\
        "oauth_metadata":{"hd":"b.c"},"public_identifier":"ava","wallet_name":"metamask",\
        "wallet_provider":"browserExtension","phoneNumber":"9171113333","phoneCountryCode":"1","isoCountryCode":"US",\
        "signInEnabled":true,"lastSelectedAt":"2026-03-04T10:00:00.000Z","verifiedAt":"2026-03-04T10:00:00.000Z"}
        """,
        """
        {"id":"c","format":"oauth","oauthProvider":"google","oauthUsername":"ava","oauthDisplayName":null,\
        "oauthAccountId":"7","oauthAccountPhotos":["https://a/7"],"oauthEmails":["a@b.c"],\
        "oauthMetadata":{"hd":"b.c"},"publicIdentifier":"ava","walletName":"metamask",\
        "walletProvider":"browserExtension","phoneNumber":"9171113333","phoneCountryCode":1,"isoCountryCode":"US",\
        "signInEnabled":true,"lastSelectedAt":"2026-03-04T10:00:00.000Z","verifiedAt":"2026-03-04T10:00:00.000Z"}
        """,
    ]

    @Test("a credential's account, phone and public identifier are read in both spellings", arguments: credentials)
    func credential(_ json: String) throws {
        let user = try decoded(
            "user.updated",
            #"{"id":"u","verifiedCredentials":[\#(json)]}"#,
            as: Dynamic.UserUpdated.self
        )
        let credential = try #require(user.user.verifiedCredentials.value?.first)
        #expect(credential.format == .oauth && credential.publicIdentifier == "ava")
        let account = try #require(credential.account)
        #expect(account.provider == .google && account.username == .value("ava") && account.displayName == .null)
        #expect(account.accountID == .value("7") && account.emails == .value(["a@b.c"]))
        #expect(account.photos == .value(["https://a/7"]) && account.profile?.bytes.count == 12)
        let phone = try #require(credential.phone)
        #expect(phone.number == "9171113333" && phone.countryCode == "1" && phone.isoCountryCode == "US")
        #expect(credential.walletName == "metamask" && credential.walletProvider == .browserExtension)
        #expect(credential.isSignInEnabled == true && credential.verifiedAt == unix(1_772_618_400))
        #expect(credential.lastSelectedAt == unix(1_772_618_400))
    }

    @Test("a credential without an account or a phone has none, and a session brings its user's credentials")
    func session() throws {
        let created = try decoded(
            "user.session.created",
            #"{"id":"s","userId":"u","verifiedCredentials":[{"id":"c","format":"email","email":"a@b.c"}]}"#,
            as: Dynamic.UserSessionCreated.self
        )
        let credential = try #require(created.session.verifiedCredentials.value?.first)
        #expect(credential.account == nil && credential.phone == nil && credential.email == .value("a@b.c"))
        let revoked = try decoded("user.session.revoked", #"{"id":"s"}"#, as: Dynamic.UserSessionRevoked.self)
        #expect(revoked.session.verifiedCredentials == .absent)
    }
}
