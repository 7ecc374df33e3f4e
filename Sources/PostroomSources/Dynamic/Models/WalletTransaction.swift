public import FoundationEssentials
public import PostroomCore

extension Dynamic {
    /// A confirmed transaction on a chain that a wallet has a part in.
    ///
    /// Its fields are those of Dynamic's schema `WalletTransaction`; Dynamic promises none of them here.
    public struct WalletTransaction: JSONObjectReadable, Hashable, Sendable {
        /// The hash that names the transaction on its chain.
        public let hash: String?
        /// The number of its block.
        public let blockNumber: Int?
        /// The hash of its block.
        public let blockHash: String?
        /// The time of the transaction, by its block.
        public let timestamp: Date?
        /// The addresses at which people can look at it.
        public let explorerURLs: Field<[String]>
        /// The sender's address; with Bitcoin the input that gave the most.
        public let fromAddress: String?
        /// The recipient's address.
        public let toAddress: String?
        /// The meaning for the wallet.
        public let labels: Field<[TransactionLabel]>
        /// The transfers of assets: with Bitcoin one for every output, change to the sender included.
        public let transfers: Field<[AssetTransfer]>
        /// The kind of chain.
        public let chain: Chain?
        /// The network among the chains of its kind, for example `8453` for Base.
        public let networkID: String?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.hash = json.optional("transactionHash")
            self.blockNumber = json.optional("blockNumber")
            self.blockHash = json.optional("blockHash")
            self.timestamp = json.optional("transactionTimestamp")
            self.explorerURLs = json.list("blockExplorerUrls")
            self.fromAddress = json.optional("fromAddress")
            self.toAddress = json.optional("toAddress")
            self.labels = json.list("labels")
            self.transfers = json.list("assetTransfers")
            self.chain = json.optional(json.name("chainName", "chain"))
            self.networkID = json.optionalID("networkId")
        }
    }

    /// An amount that moved from one address to another.
    public struct AssetTransfer: JSONObjectReadable, Hashable, Sendable {
        /// The contract of the token that moved, or `nil` for the chain's own coin.
        public let tokenAddress: String?
        /// The address that it left.
        public let fromAddress: String?
        /// The address that it went to.
        public let toAddress: String?
        /// The amount as Dynamic prints it, a decimal of any length: with Bitcoin in satoshi.
        public let amount: String?
        /// The amount in the chain's smallest unit, a decimal of any length: with Bitcoin in satoshi.
        public let amountRaw: String?
        /// The meaning for the wallet.
        public let labels: Field<[TransactionLabel]>
        /// The asset that moved.
        public let asset: Asset?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.tokenAddress = json.optional("tokenAddress")
            self.fromAddress = json.optional("fromAddress")
            self.toAddress = json.optional("toAddress")
            self.amount = json.decimal("amount")
            self.amountRaw = json.decimal("amountRaw")
            self.labels = json.list("labels")
            self.asset = json.optional("metadata")
        }
    }

    /// An asset that moves in a transaction.
    public struct Asset: JSONObjectReadable, Hashable, Sendable {
        /// Its name, for example `USD Coin`.
        public let name: String?
        /// Its symbol, for example `USDC`.
        public let symbol: String?
        /// The number of an amount's digits behind the point.
        public let decimals: Int?
        /// The URL of its image.
        public let imageURL: String?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.name = json.optional("name")
            self.symbol = json.optional("symbol")
            self.decimals = json.optional("decimals")
            self.imageURL = json.optional("imageUri")
        }
    }

    /// The meaning of a transaction for a wallet.
    public struct TransactionLabel: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The wallet paid.
        public static let sent = TransactionLabel(rawValue: "sent")
        /// The wallet was paid, in the word of Dynamic's guide to these events.
        public static let received = TransactionLabel(rawValue: "received")
        /// The wallet was paid, in the word of Dynamic's schema.
        public static let receive = TransactionLabel(rawValue: "receive")
        /// The wallet exchanged one asset for another.
        public static let swap = TransactionLabel(rawValue: "swap")
    }
}

extension JSONReader {
    /// An amount as senders write it: a string, or a number that may be too large for any Swift type.
    func decimal(_ name: String) -> String? {
        let decimal: WireDecimal? = optional(name)
        return decimal?.text
    }
}
