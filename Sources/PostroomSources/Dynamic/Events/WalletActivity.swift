import PostroomCore

extension Dynamic {
    /// Something happened to a watched wallet on its chain.
    public struct WalletActivity: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `wallet.activity`.
        public static let eventTypes = ["wallet.activity"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
        /// What was moved: with Bitcoin one transfer for every output.
        public let transfers: [AssetTransfer]
        /// Everything that Dynamic says of it.
        public let json: RawJSON

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope)
            self.wallet = try Wallet(data)
            self.transfers = try data.list("assetTransfers")
            self.json = try envelope.root.value("data")
        }
    }

    /// An amount that moved from one address to another.
    public struct AssetTransfer: JSONObjectReadable, Hashable, Sendable {
        /// The address that it left.
        public let fromAddress: String?
        /// The address that it went to.
        public let toAddress: String?
        /// The amount as Dynamic prints it, a decimal of any length: with Bitcoin in satoshi.
        public let amount: String?
        /// The amount in the chain's smallest unit, a decimal of any length: with Bitcoin in satoshi.
        public let amountRaw: String?
        /// What it is for the wallet, for example `sent` or `received`.
        public let labels: [String]

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.fromAddress = try json.optional("fromAddress")
            self.toAddress = try json.optional("toAddress")
            let amount: WireDecimal? = try json.optional("amount")
            let amountRaw: WireDecimal? = try json.optional("amountRaw")
            self.amount = amount?.text
            self.amountRaw = amountRaw?.text
            self.labels = try json.list("labels")
        }
    }
}

/// An amount as senders write it: a string, or a number that may be too large for any Swift type.
private struct WireDecimal: JSONReadable {
    let text: String

    init(_ value: JSONValue, at path: JSONPath) throws(UndecodableEvent) {
        guard let text = value.string ?? value.number else { throw path.misfit("a string or a number", found: value) }
        self.text = text
    }
}
