import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Dynamic's chains")
struct DynamicChainTests {
    static let families: [(words: [String], family: Dynamic.Chain)] = [
        (["EVM", "ETH", "eip155", "ethereum", "evm", "eip155:1", "EIP155:8453"], .evm),
        (["SOL", "solana", "sol", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"], .solana),
        (["BTC", "bip122", "bitcoin", "bip122:000000000019d6689c085ae165831e93"], .bitcoin),
        (["ALGO", "algorand"], .algorand), (["STARK", "starknet"], .starknet), (["COSMOS", "cosmos"], .cosmos),
        (["FLOW", "flow"], .flow), (["SUI", "sui"], .sui), (["TON", "ton"], .ton),
        (["MOON", "moon", "Moon"], Dynamic.Chain(rawValue: "MOON")),
    ]

    @Test("all words for one kind of chain are one family, and each stays the word that came", arguments: families)
    func family(_ test: (words: [String], family: Dynamic.Chain)) {
        for word in test.words {
            let chain = Dynamic.Chain(rawValue: word)
            #expect(chain.family == test.family && chain.rawValue == word)
            #expect(chain.family.family == chain.family)
        }
        for other in Self.families where other.family != test.family {
            #expect(other.words.allSatisfy { Dynamic.Chain(rawValue: $0).family != test.family })
        }
    }

    private func wallet(_ type: String, _ data: String) throws -> Dynamic.Wallet {
        let event = event(.dynamic, #"{"eventName":"\#(type)","data":\#(data)}"#)
        return switch type {
        case "wallet.linked": try event.decode(as: Dynamic.WalletLinked.self).wallet
        default: try event.decode(as: Dynamic.WalletUnlinked.self).wallet
        }
    }

    @Test("a wallet is the same when it is linked and unlinked under two words for its chain", arguments: families)
    func sameAccount(_ test: (words: [String], family: Dynamic.Chain)) throws {
        for word in test.words {
            for other in test.words {
                let linked = try wallet("wallet.linked", #"{"id":"w","chain":"\#(word)","publicKey":"0xAbC"}"#)
                let unlinked = try wallet("wallet.unlinked", #"{"id":"w","chain":"\#(other)","address":"0xAbC"}"#)
                #expect(linked.isSameAccount(as: unlinked) && unlinked.isSameAccount(as: linked), "\(word), \(other)")
                let lower = try wallet("wallet.unlinked", #"{"chain":"\#(other)","address":"0xabc"}"#)
                #expect(linked.isSameAccount(as: lower) == (test.family == .evm), "\(word), \(other)")
            }
        }
    }

    @Test(
        "what has no chain, or another one, or no address, is no wallet that is known to be the same",
        arguments: [
            #"{"publicKey":"0xAbC"}"#, #"{"chain":"eip155"}"#, #"{"chain":"solana","publicKey":"0xAbC"}"#,
            #"{"chain":"eip156","publicKey":"0xAbC"}"#, #"{"chain":"","publicKey":"0xAbC"}"#,
        ]
    )
    func otherAccount(_ data: String) throws {
        let wallet = try wallet("wallet.linked", data)
        let other = try self.wallet("wallet.unlinked", #"{"chain":"EVM","address":"0xAbC"}"#)
        #expect(!wallet.isSameAccount(as: other) && !other.isSameAccount(as: wallet))
    }

    static let spellings: [(ordering: String, data: [String])] = [
        (
            "wallet:EVM:0xabc",
            [
                #"{"chain":"EVM","publicKey":"0xABC"}"#, #"{"chain":"eip155","address":"0xabc"}"#,
                #"{"chain":"ETH","publicKey":"0xAbC"}"#, #"{"chain":"ethereum","walletAddress":"0xabc"}"#,
                #"{"chainName":"EVM","walletAddress":"0xABC"}"#, #"{"chain":"eip155:1","walletAddress":"0xABC"}"#,
            ]
        ),
        (
            "wallet:SOL:AbC",
            [#"{"chain":"SOL","publicKey":"AbC"}"#, #"{"chain":"solana","address":"AbC"}"#]
        ),
        (
            "wallet:BTC:bc1q",
            [#"{"chain":"BTC","publicKey":"bc1q"}"#, #"{"chain":"bip122","address":"bc1q"}"#]
        ),
    ]

    @Test("events of a wallet without an identity share one ordering key, whatever their words", arguments: spellings)
    func orderingKey(_ test: (ordering: String, data: [String])) {
        for data in test.data {
            for type in ["wallet.linked", "wallet.unlinked", "wallet.activity", "wallet.sanctions.blocked"] {
                let found = details(.dynamic, #"{"eventName":"\#(type)","environmentId":"e","data":\#(data)}"#)
                #expect(found.orderingKey == test.ordering, "\(type) \(data)")
            }
        }
    }
}
