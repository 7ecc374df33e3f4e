import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Dynamic's policies, screenings, signatures and transactions")
struct DynamicPolicyTests {
    private func decoded<Value: WebhookEvent>(_ type: String, _ data: String, as: Value.Type) throws -> Value {
        try event(.dynamic, #"{"eventName":"\#(type)","userId":null,"data":\#(data)}"#).decode()
    }

    private func violation(_ data: String) throws -> Dynamic.WaasPolicyViolation {
        try decoded("waas.policy.violation", data, as: Dynamic.WaasPolicyViolation.self)
    }

    @Test("a denied address is named with all whom the transaction would have touched")
    func addressDenied() throws {
        let denied = try violation(
            """
            {"errorMessage":"Policy violation: blocked","publicKey":"0x5d6d","walletId":"w","reasonCode":"address_denied",\
            "operationType":"evmUserOperation","chainId":"11155111","deniedAddresses":["0xf892"],\
            "counterparties":[{"address":"0xf892","label":""}]}
            """
        )
        #expect(denied.reason == .addressDenied && denied.message == "Policy violation: blocked")
        #expect(denied.walletID == "w" && denied.publicKey == "0x5d6d" && denied.chainID == "11155111")
        #expect(denied.operation == .evmUserOperation && denied.operation?.chain == .evm)
        #expect(denied.deniedAddresses == .value(["0xf892"]) && denied.notAllowedAddresses == .absent)
        #expect(denied.counterparties.value?.map(\.address) == ["0xf892"] && denied.limit == nil)
        #expect(denied.counterparties.value?.first?.label == "" && denied.notice.actorID == nil)
    }

    @Test(
        "a limit and what was beyond it are decimals of any length, in digits or in a string",
        arguments: [
            #""150000000""#, "150000000",
            #""123456789012345678901234567890123456789012345678901234567890123456789012345678""#,
            "340282366920938463463374607431768211456",
        ]
    )
    func valueLimit(_ value: String) throws {
        let exceeded = try violation(
            """
            {"reasonCode":"value_limit_exceeded","operationType":"evmTransaction","chainId":1,"asset":{"address":"0xA0b8",\
            "type":"ERC20","symbol":"USDC"},"maxPerCallLimit":"100000000","totalOutgoingValue":\(value)}
            """
        )
        #expect(
            exceeded.asset?.symbol == "USDC" && exceeded.asset?.kind == "ERC20" && exceeded.asset?.address == "0xA0b8"
        )
        #expect(exceeded.limit == "100000000" && exceeded.outgoingValue == value.replacing("\"", with: ""))
        #expect(exceeded.chainID == "1" && exceeded.reason == .valueLimitExceeded)
    }

    @Test("violations of other kinds, and of kinds to come, say what they know")
    func otherViolations() throws {
        let risk = try violation(
            #"{"reasonCode":"security_risk_malicious","validationResultType":"Malicious","operationType":"svmTransaction"}"#
        )
        #expect(risk.reason == .securityRisk && risk.validationResult == "Malicious")
        #expect(risk.operation?.chain == .solana && risk.counterparties == .absent)
        let simulation = try violation(#"{"reasonCode":"simulation_failed","simulationStatus":"Error"}"#)
        #expect(simulation.simulationStatus == "Error" && simulation.operation == nil)
        let authentication = try violation(#"{"reasonCode":"moon","address":"0xA","operationType":"moonWalk"}"#)
        #expect(authentication.reason?.rawValue == "moon" && authentication.address == "0xA")
        #expect(authentication.operation?.chain == nil && authentication.publicKey == nil)
    }

    /// By Dynamic's schemas of the two payloads; `reason` and `chain` are only in one of them each.
    @Test("a verdict on an address names who gave it, why, and what for")
    func screenings() throws {
        let sanction = try decoded(
            "wallet.sanctions.blocked",
            """
            {"walletAddress":"0xabc","chain":"ethereum","sanctionsProvider":"chainalysis-address-screening",\
            "sanctionCheckRequestId":"r","categories":["sanctions"],"origin":"signIn"}
            """,
            as: Dynamic.WalletSanctionsBlocked.self
        )
        #expect(sanction.screening.chain?.family == .evm && sanction.screening.provider == .chainalysis)
        #expect(sanction.screening.categories == .value(["sanctions"]) && sanction.screening.origin == .signIn)
        #expect(sanction.screening.walletAddress == "0xabc" && sanction.screening.checkID == "r")
        #expect(sanction.screening.reason == nil)
        for reason in [#""rule 7""#, #"{"rule":7}"#, "[7]"] {
            let data = #"{"walletAddress":"0xabc","categories":[],"reason":\#(reason),"origin":"moon"}"#
            let alerted = try decoded(
                "wallet.addressScreening.alerted",
                data,
                as: Dynamic.WalletAddressScreeningAlerted.self
            )
            #expect(alerted.screening.chain == nil && alerted.screening.categories == .value([]))
            #expect(alerted.screening.reason?.bytes.elementsEqual(reason.utf8) == true)
            let blocked = try decoded(
                "wallet.addressScreening.blocked",
                data,
                as: Dynamic.WalletAddressScreeningBlocked.self
            )
            #expect(blocked.screening == alerted.screening && blocked.screening.origin?.rawValue == "moon")
        }
    }

    @Test(
        "a signature names its wallet, and shows nowhere what was signed",
        arguments: [
            "wallet.signature", "wallet.delegation.signature",
        ]
    )
    func signatures(_ type: String) throws {
        let data = """
            {"context":{"evmUserOperation":{"operation":{"signature":"hunter2"}}},"message":"hunter2","publicKey":"0xA",\
            "userId":"u","walletId":"w"}
            """
        let body = #"{"eventName":"\#(type)","data":\#(data)}"#
        var dumped = ""
        let wallet: Dynamic.Wallet
        if type == "wallet.signature" {
            let signature = try event(.dynamic, body).decode(as: Dynamic.WalletSignature.self)
            dump(signature, to: &dumped)
            wallet = signature.wallet
            #expect(signature.json.bytes.elementsEqual(data.utf8))
        } else {
            let signature = try event(.dynamic, body).decode(as: Dynamic.WalletDelegationSignature.self)
            dump(signature, to: &dumped)
            wallet = signature.wallet
            #expect(signature.json.bytes.elementsEqual(data.utf8))
        }
        #expect(wallet.id == "w" && wallet.publicKey == "0xA" && wallet.userID == "u")
        let shown = SourceRegistry.builtIn.redacted(body: Array(body.utf8), source: .dynamic).bytes
        #expect(!dumped.contains("hunter2") && !String(decoding: shown, as: UTF8.self).contains("hunter2"))
    }

    /// The fields of Dynamic's schema `WalletTransaction`.
    @Test("an activity is a transaction with its block, its network and what moved")
    func transaction() throws {
        let activity = try decoded(
            "wallet.activity",
            """
            {"transactionHash":"0xh","blockNumber":39182744,"transactionTimestamp":"2026-03-04T10:00:00Z","blockHash":"0xb",\
            "blockExplorerUrls":["https://e/0xh"],"fromAddress":"0xA","toAddress":"0xB","labels":["receive","moon"],\
            "assetTransfers":[{"tokenAddress":"0xT","fromAddress":"0xA","toAddress":"0xB","amount":0.1,\
            "amountRaw":"100000","metadata":{"name":"USD Coin","symbol":"USDC","decimals":6,"imageUri":"https://i"}}],\
            "chainName":"EVM","networkId":8453}
            """,
            as: Dynamic.WalletActivity.self
        )
        let transaction = activity.transaction
        #expect(transaction.hash == "0xh" && transaction.blockNumber == 39_182_744 && transaction.blockHash == "0xb")
        #expect(transaction.timestamp == unix(1_772_618_400) && transaction.explorerURLs == .value(["https://e/0xh"]))
        #expect(transaction.fromAddress == "0xA" && transaction.toAddress == "0xB" && transaction.chain == .evm)
        #expect(transaction.labels == .value([.receive, Dynamic.TransactionLabel(rawValue: "moon")]))
        #expect(transaction.networkID == "8453" && activity.wallet.chain == .evm)
        let transfer = try #require(transaction.transfers.value?.first)
        #expect(transfer.amount == "0.1" && transfer.amountRaw == "100000" && transfer.tokenAddress == "0xT")
        #expect(transfer.asset?.symbol == "USDC" && transfer.asset?.decimals == 6 && transfer.asset?.name == "USD Coin")
        let bare = try decoded("wallet.activity", #"{"walletId":"w"}"#, as: Dynamic.WalletActivity.self)
        #expect(bare.transaction.transfers == .absent && bare.wallet.id == "w")
    }
}
