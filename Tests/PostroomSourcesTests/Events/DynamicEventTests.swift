import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Dynamic's events")
struct DynamicEventTests {
    private func decoded<Value: WebhookEvent>(_ type: String, _ data: String, as: Value.Type) throws -> Value {
        try event(.dynamic, #"{"eventName":"\#(type)","data":\#(data)}"#).decode()
    }

    @Test("every event decodes from an empty object, and says what is odd where there is none")
    func nothingPromised() throws {
        for entry in SourceRegistry.builtIn.events(of: .dynamic) {
            let empty = event(.dynamic, #"{"eventName":"\#(entry.eventType)","data":{}}"#)
            #expect(throws: Never.self, "\(entry.eventType)") { try entry.swiftType.init(decoding: empty) }
            for data in ["null", "[]", #""text""#] where entry.eventType != "ping" {
                let other = event(.dynamic, #"{"eventName":"\#(entry.eventType)","data":\#(data)}"#)
                let decoded = try entry.swiftType.init(decoding: other)
                #expect(decoded.oddities.map(\.path) == ["data"], "\(entry.eventType)")
            }
        }
    }

    @Test(
        "a ping may have nothing but its name",
        arguments: [
            #"{"eventName":"ping"}"#, #"{"eventName":"ping","data":null}"#,
            #"{"eventName":"ping","data":[1],"messageId":"m"}"#,
        ]
    )
    func ping(_ body: String) throws {
        let ping = try event(.dynamic, body).decode(as: Dynamic.Ping.self)
        #expect(ping.notice.messageID == (body.contains("messageId") ? "m" : nil))
    }

    @Test("the captured user decodes, and who caused the event is another")
    func user() throws {
        let body = """
            {"messageId":"m","eventId":"e","eventName":"user.created","timestamp":"2024-05-21T11:29:27.380Z",\
            "webhookId":"w","userId":"developer","environmentId":"v","environmentName":"sandbox","data":{"email":null,\
            "firstVisit":"2024-05-21T11:29:27.347Z","id":"u","lastVerifiedCredentialId":"c",\
            "lastVisit":"2024-05-21T11:29:27.347Z","lists":[],"missingFields":[],"newUser":true,\
            "projectEnvironmentId":"v","scope":"","sessionId":"s","verifiedCredentials":[{"id":"c","format":"hologram",\
            "chain":"eip155","address":"0xAbC"}]}}
            """
        let created = try event(.dynamic, body).decode(as: Dynamic.UserCreated.self)
        #expect(created.notice.actorID == "developer" && created.user.id == "u")
        #expect(created.user.email == .null && created.user.username == .absent && created.user.isNew == true)
        #expect(created.user.verifiedCredentials.value?.first?.format?.rawValue == "hologram")
        let deleted = try decoded(
            "user.deleted",
            #"{"id":"u","email":null,"deletedAt":"2024-05-21T11:29:27.380Z","deletedReason":null}"#,
            as: Dynamic.UserDeleted.self
        )
        #expect(deleted.userID == "u" && deleted.email == .null && deleted.deletedByID == .absent)
    }

    @Test("a wallet is one and the same under all its names")
    func wallet() throws {
        let linked = try decoded(
            "wallet.linked",
            #"{"id":"w","chain":"EVM","publicKey":"0xABC","name":"metamask"}"#,
            as: Dynamic.WalletLinked.self
        )
        let unlinked = try decoded(
            "wallet.unlinked",
            #"{"id":"w","chain":"EVM","address":"0xabc","walletName":"metamask","walletProvider":"telepathy","format":"blockchain","lastSelectedAt":"2026-03-04T10:00:00Z"}"#,
            as: Dynamic.WalletUnlinked.self
        )
        let registered = try decoded(
            "wallet.activity.registered",
            #"{"walletAddress":"0xabc","walletId":"w","userId":"u"}"#,
            as: Dynamic.WalletActivityRegistered.self
        )
        #expect(linked.wallet.name == unlinked.wallet.name && unlinked.wallet.id == registered.wallet.id)
        #expect(unlinked.wallet.provider?.rawValue == "telepathy")
        #expect(unlinked.wallet.lastSelectedAt == unix(1_772_618_400))
        #expect(linked.wallet.isSameAccount(as: unlinked.wallet))
        #expect(!linked.wallet.isSameAccount(as: registered.wallet))
        #expect(registered.wallet.publicKey == "0xabc")
    }

    @Test(
        "case counts in an address, but not on EVM chains",
        arguments: [
            ("EVM", true), ("ETH", true), ("SOL", false), ("BTC", false),
        ]
    )
    func addressCase(_ chain: String, _ isSame: Bool) throws {
        func wallet(_ key: String) throws -> Dynamic.Wallet {
            let data = #"{"chain":"\#(chain)","publicKey":"\#(key)"}"#
            return try decoded("wallet.created", data, as: Dynamic.WalletCreated.self).wallet
        }
        #expect(try wallet("aBc").isSameAccount(as: wallet("abc")) == isSame)
        #expect(try wallet("aBc").isSameAccount(as: wallet("aBc")))
    }

    static let amounts = [
        (#""123456789012345678901234567890123456789012345678901234567890123456789012345678""#, 78),
        ("18446744073709551616", 20), ("1e21", 4), ("0.1", 3),
    ]

    @Test("amounts of any size are kept digit for digit", arguments: amounts)
    func amount(_ json: String, _ length: Int) throws {
        let activity = try decoded(
            "wallet.activity",
            #"{"chain":"BTC","assetTransfers":[{"amount":\#(json),"labels":["sent"]},{"amountRaw":\#(json)}]}"#,
            as: Dynamic.WalletActivity.self
        )
        let transfers = try #require(activity.transaction.transfers.value)
        #expect(transfers.map(\.amount?.count) == [length, nil])
        #expect(transfers.map(\.amountRaw?.count) == [nil, length])
        #expect(transfers.map(\.labels) == [.value([.sent]), .absent])
    }

    @Test("key material stays hidden")
    func delegation() throws {
        let created = try decoded(
            "wallet.delegation.created",
            #"{"walletId":"w","encryptedDelegatedShare":{"alg":"a","ct":"hunter2"},"encryptedWalletApiKey":{"ct":"hunter2","kid":"k"}}"#,
            as: Dynamic.WalletDelegationCreated.self
        )
        #expect(created.delegatedShare?.exposed.ciphertext == "hunter2" && created.delegatedShare?.exposed.keyID == nil)
        #expect(created.walletAPIKey?.exposed.keyID == "k")
        var dumped = ""
        dump(created, to: &dumped)
        #expect(!"\(created)".contains("hunter2") && !dumped.contains("hunter2"))
    }

    @Test("sessions, flows and business accounts are read as far as they are known")
    func others() throws {
        let session = try decoded(
            "user.session.created",
            #"{"id":"s","userId":"u","walletPublicKey":null,"ipAddress":"192.0.2.7","expiresAt":null,"verifiedCredentialType":"email"}"#,
            as: Dynamic.UserSessionCreated.self
        )
        #expect(session.session.walletPublicKey == .null && session.session.expiresAt == .null)
        #expect(session.session.verifiedCredentialType == .email && !"\(session)".contains("192.0.2.7"))
        let risk = try decoded(
            "flow.risk.updated",
            #"{"flowId":"f","axis":"risk","newState":"high","additionalData":{"score":0.75}}"#,
            as: Dynamic.FlowRiskUpdated.self
        )
        #expect(risk.transition.additionalData?.score == 0.75 && risk.transition.previousState == nil)
        let member = try decoded(
            "businessAccount.member.roleChanged",
            #"{"accountId":"a","role":"owner"}"#,
            as: Dynamic.BusinessAccountMemberRoleChanged.self
        )
        #expect(member.account.id == "a" && member.account.role == "owner" && member.account.json.bytes.count == 32)
    }
}
