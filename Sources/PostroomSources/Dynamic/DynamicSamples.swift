extension Dynamic {
    /// What a ping carries: nothing.
    @Sendable
    static func samplePing(_ values: inout SampleValues) -> String {
        "{}"
    }

    /// A user as of a first sign-in.
    @Sendable
    static func sampleUser(_ values: inout SampleValues) -> String {
        """
        {"email":"\(values.token("", 8))@example.com","firstVisit":"\(values.timestamp(fraction: true))",\
        "id":"\(values.uuid())","lastVerifiedCredentialId":"\(values.uuid())",\
        "lastVisit":"\(values.timestamp(fraction: true))","lists":[],"missingFields":[],"newUser":true,\
        "projectEnvironmentId":"\(sampleEnvironment)","scope":"","sessionId":"\(values.uuid())",\
        "verifiedCredentials":[\(credentials(&values))]}
        """
    }

    /// A wallet, an email address, a phone number and an account elsewhere.
    private static func credentials(_ values: inout SampleValues) -> String {
        let email = values.token("", 8) + "@example.com"
        let phone = String(values.number(7_000_000_000...7_999_999_999))
        let user = values.token("user-", 6)
        return """
            {"address":"0x\(values.hexadecimal(40))","chain":"eip155","id":"\(values.uuid())","format":"blockchain",\
            "walletName":"metamask"},{"email":"\(email)","id":"\(values.uuid())","publicIdentifier":"\(email)",\
            "format":"email"},{"phoneNumber":"\(phone)","phoneCountryCode":"44","isoCountryCode":"GB",\
            "id":"\(values.uuid())","publicIdentifier":"+44\(phone)","format":"phoneNumber"},{"id":"\(values.uuid())",\
            "publicIdentifier":"\(user)","format":"oauth","oauthProvider":"github","oauthUsername":"\(user)",\
            "oauthDisplayName":null,"oauthAccountId":"\(values.number(1...99_999_999))","oauthAccountPhotos":[],\
            "oauthEmails":["\(email)"],"oauthMetadata":{"login":"\(user)"}}
            """
    }

    /// An account elsewhere, in the provider's record of Dynamic's.
    @Sendable
    static func sampleSocialAccount(_ values: inout SampleValues) -> String {
        let user = values.token("user-", 6)
        let account = values.number(1...99_999_999)
        let now = values.timestamp(fraction: true)
        return """
            {"id":"\(values.uuid())","userId":"\(values.uuid())","projectEnvironmentId":"\(sampleEnvironment)",\
            "walletId":null,"userEmailId":null,"provider":"github","accountId":"\(account)",\
            "accountUsername":"\(user)","accountDisplayName":"\(values.pick(["Ava", "Søren", "Łucja"]))",\
            "accountEmails":["\(values.token("", 8))@example.com"],\
            "accountPhotos":["https://avatars.example.com/u/\(account)?v=4"],\
            "accountProfile":{"login":"\(user)","id":\(account)},"createdAt":"\(now)","updatedAt":"\(now)",\
            "deletedAt":null}
            """
    }

    /// What can be said of an email address that was taken from a user.
    @Sendable
    static func sampleEmail(_ values: inout SampleValues) -> String {
        """
        {"id":"\(values.uuid())","userId":"\(values.uuid())","email":"\(values.token("", 8))@example.com"}
        """
    }

    /// A user that is no more.
    @Sendable
    static func sampleDeletedUser(_ values: inout SampleValues) -> String {
        """
        {"id":"\(values.uuid())","email":"\(values.token("", 8))@example.com",\
        "deletedAt":"\(values.timestamp(fraction: true))","deletedReason":null,"deletedById":"\(values.uuid())",\
        "projectEnvironmentId":"\(sampleEnvironment)"}
        """
    }

    /// A visit.
    @Sendable
    static func sampleVisit(_ values: inout SampleValues) -> String {
        """
        {"id":"\(values.uuid())","userId":"\(values.uuid())","projectEnvironmentId":"\(sampleEnvironment)",\
        "createdAt":"\(values.timestamp(fraction: true))"}
        """
    }

    /// A session of a user who came with a wallet.
    @Sendable
    static func sampleSession(_ values: inout SampleValues) -> String {
        """
        {"id":"\(values.uuid())","projectEnvironmentId":"\(sampleEnvironment)","userId":"\(values.uuid())",\
        "walletPublicKey":"0x\(values.hexadecimal(40))","ipAddress":"192.0.2.\(values.number(1...254))",\
        "createdAt":"\(values.timestamp(fraction: true))","chain":"EVM","walletName":"metamask",\
        "provider":"browserExtension","origin":"https://app.example.com","expiresAt":null,"revokedAt":null,\
        "verifiedCredentialType":"blockchain","verifiedCredentialId":"\(values.uuid())",\
        "verifiedCredentials":[\(credentials(&values))]}
        """
    }

    /// A wallet.
    @Sendable
    static func sampleWallet(_ values: inout SampleValues) -> String {
        """
        {"id":"\(values.uuid())","chain":"EVM","publicKey":"0x\(values.hexadecimal(40))",\
        "userId":"\(values.uuid())","createdAt":"\(values.timestamp(fraction: true))",\
        "projectEnvironmentId":"\(sampleEnvironment)","provider":"browserExtension",\
        "name":"\(values.pick(["metamask", "rabby", "coinbase"]))"}
        """
    }

    /// A wallet with the other names that its fields have when it is unlinked.
    @Sendable
    static func sampleUnlinkedWallet(_ values: inout SampleValues) -> String {
        """
        {"address":"0x\(values.hexadecimal(40))","walletName":"\(values.pick(["metamask", "rabby", "coinbase"]))",\
        "walletProvider":"browserExtension","format":"blockchain",\
        "lastSelectedAt":"\(values.timestamp(fraction: true))","chain":"EVM","id":"\(values.uuid())"}
        """
    }

    /// A wallet that Dynamic watches.
    @Sendable
    static func sampleRegisteredWallet(_ values: inout SampleValues) -> String {
        """
        {"walletAddress":"0x\(values.hexadecimal(40))","walletId":"\(values.uuid())","userId":"\(values.uuid())"}
        """
    }

    /// A wallet that the receiver may no longer sign with.
    @Sendable
    static func sampleRevokedDelegation(_ values: inout SampleValues) -> String {
        """
        {"chain":"EVM","publicKey":"0x\(values.hexadecimal(40))","userId":"\(values.uuid())",\
        "walletId":"\(values.uuid())"}
        """
    }

    /// A payment in Bitcoin: one transfer for every output.
    @Sendable
    static func sampleActivity(_ values: inout SampleValues) -> String {
        """
        {"walletId":"\(values.uuid())","walletAddress":"bc1q\(values.token("", 38))","chain":"BTC",\
        "transactionHash":"\(values.hexadecimal(64))","assetTransfers":[{"fromAddress":"bc1q\(values.token("", 38))",\
        "toAddress":"bc1q\(values.token("", 38))","amount":\(values.number(1...900_000)),\
        "amountRaw":"\(values.number(1...900_000))","labels":["received"]},{\
        "fromAddress":"bc1q\(values.token("", 38))","toAddress":"bc1q\(values.token("", 38))","amount":546,\
        "amountRaw":"546","labels":["sent"]}]}
        """
    }

    /// Key material, encrypted for the receiver.
    @Sendable
    static func sampleDelegation(_ values: inout SampleValues) -> String {
        """
        {"chain":"EVM","publicKey":"0x\(values.hexadecimal(40))","userId":"\(values.uuid())",\
        "walletId":"\(values.uuid())","encryptedDelegatedShare":{"alg":"HYBRID-RSA-AES-256",\
        "iv":"\(values.token("", 16))","ct":"\(values.token("", 200))","tag":"\(values.token("", 22))",\
        "ek":"\(values.token("", 342))"},"encryptedWalletApiKey":{"alg":"HYBRID-RSA-AES-256",\
        "ct":"\(values.token("", 64))","ek":"\(values.token("", 342))","iv":"\(values.token("", 16))",\
        "kid":"dynamic_rsa_1","tag":"\(values.token("", 22))"}}
        """
    }

    /// What is known of a business account's events.
    @Sendable
    static func sampleAccount(_ values: inout SampleValues) -> String {
        """
        {"businessAccountId":"\(values.uuid())","userId":"\(values.uuid())",\
        "role":"\(values.pick(["owner", "admin", "signer"]))","walletId":"\(values.uuid())",\
        "proposalId":"\(values.uuid())"}
        """
    }

    /// A step of a flow's execution.
    @Sendable
    static func sampleFlow(_ values: inout SampleValues) -> String {
        """
        {"flowId":"\(values.uuid())","axis":"execution","previousState":"pending",\
        "newState":"\(values.pick(["running", "completed", "failed"]))","additionalData":{}}
        """
    }

    /// A step of a flow's settlement.
    @Sendable
    static func sampleSettlement(_ values: inout SampleValues) -> String {
        """
        {"flowId":"\(values.uuid())","axis":"settlement","previousState":"pending",\
        "newState":"\(values.pick(["settled", "failed"]))","additionalData":{"reference":"\(values.token("", 12))"}}
        """
    }

    /// A flow's risk.
    @Sendable
    static func sampleRisk(_ values: inout SampleValues) -> String {
        """
        {"flowId":"\(values.uuid())","axis":"risk","previousState":"unknown","newState":"assessed",\
        "additionalData":{"score":\(SampleValues.decimal(values.number(10...99), places: 2))}}
        """
    }
}
