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

    /// A payment in a token on Base.
    @Sendable
    static func sampleActivity(_ values: inout SampleValues) -> String {
        let wallet = "0x" + values.hexadecimal(40)
        let payer = "0x" + values.hexadecimal(40)
        let hash = "0x" + values.hexadecimal(64)
        let amount = values.number(1_000...900_000_000)
        return """
            {"walletId":"\(values.uuid())","walletAddress":"\(wallet)","transactionHash":"\(hash)",\
            "blockNumber":\(values.number(30_000_000...40_000_000)),\
            "transactionTimestamp":"\(values.timestamp(fraction: true))","blockHash":"0x\(values.hexadecimal(64))",\
            "blockExplorerUrls":["https://basescan.org/tx/\(hash)"],"fromAddress":"\(payer)","toAddress":"\(wallet)",\
            "labels":["received"],"assetTransfers":[{"tokenAddress":"0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",\
            "fromAddress":"\(payer)","toAddress":"\(wallet)","amount":\(SampleValues.decimal(amount, places: 6)),\
            "amountRaw":"\(amount)","metadata":{"name":"USD Coin","symbol":"USDC","decimals":6}}],"chainName":"EVM",\
            "networkId":8453}
            """
    }

    /// A signature of a wallet, with the operation that was signed, as a receiver of these events describes it.
    @Sendable
    static func sampleSignature(_ values: inout SampleValues) -> String {
        let wallet = "0x" + values.hexadecimal(40)
        return """
            {"context":{"evmUserOperation":{"chainId":8453,"entryPoint":"0x\(values.hexadecimal(40))","operation":{\
            "callData":"0x\(values.hexadecimal(72))","callGasLimit":"0x\(values.hexadecimal(5))",\
            "maxFeePerGas":"0x\(values.hexadecimal(6))","maxPriorityFeePerGas":"0x\(values.hexadecimal(6))",\
            "nonce":"0x\(values.hexadecimal(8))","sender":"\(wallet)","signature":"0x\(values.hexadecimal(130))"}}},\
            "message":"0x\(values.hexadecimal(64))","publicKey":"\(wallet)","userId":"\(values.uuid())",\
            "walletId":"\(values.uuid())"}
            """
    }

    /// A payment to an address that the policy denies, or beyond its limit.
    @Sendable
    static func samplePolicyViolation(_ values: inout SampleValues) -> String {
        let address = "0x" + values.hexadecimal(40)
        let (reason, message, more) =
            values.index % 2 == 0
            ? (
                "address_denied", "This action was blocked because an address is not allowed due to a security policy.",
                #""deniedAddresses":["\#(address)"],"counterparties":[{"address":"\#(address)","label":""}]"#
            )
            : (
                "value_limit_exceeded", "Transaction value exceeds the maximum allowed limit",
                """
                "asset":{"address":"\(address)","type":"ERC20","symbol":"USDC"},"maxPerCallLimit":"100000000",\
                "totalOutgoingValue":"\(values.number(100_000_001...900_000_000))"
                """
            )
        return """
            {"errorMessage":"Policy violation: \(message)","publicKey":"0x\(values.hexadecimal(40))",\
            "walletId":"\(values.uuid())","reasonCode":"\(reason)","operationType":"evmTransaction","chainId":"8453",\
            \(more)}
            """
    }

    /// The verdict on an address under sanctions.
    @Sendable
    static func sampleSanction(_ values: inout SampleValues) -> String {
        """
        {"walletAddress":"0x\(values.hexadecimal(40))","chain":"ethereum",\
        "sanctionsProvider":"dynamic-sanctions-screening","sanctionCheckRequestId":"\(values.uuid())",\
        "categories":["sanctions"],"origin":"\(values.pick(["signIn", "walletConnect", "flowSource"]))"}
        """
    }

    /// The verdict on an address by a rule of one's own.
    @Sendable
    static func sampleScreening(_ values: inout SampleValues) -> String {
        """
        {"walletAddress":"0x\(values.hexadecimal(40))","chain":"ethereum","sanctionsProvider":"trm-wallet-screening",\
        "sanctionCheckRequestId":"\(values.uuid())","categories":["\(values.pick(["mixer", "scam", "darknet market"]))"],\
        "origin":"\(values.pick(["signIn", "checkoutSource", "api"]))","reason":"a rule of the environment's matched"}
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
