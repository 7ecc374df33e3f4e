/// Sample data that several event types share, or that the index decides on.
extension Dynamic {
    /// The identity of the samples' environment.
    static let sampleEnvironment = "f0b3a7a2-1f0a-4a4e-8a9e-2d8f7d0e6c11"

    /// Makes a wallet, an email address, a phone number and an account elsewhere.
    static func credentials(_ values: inout SampleValues) -> String {
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

    /// Makes a violation: a payment to an address that the policy denies, or beyond its limit.
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
}
