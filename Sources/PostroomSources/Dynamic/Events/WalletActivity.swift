import PostroomCore

extension Dynamic {
    /// Something happened to a watched wallet on its chain.
    public struct WalletActivity: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `wallet.activity`.
        public static let eventTypes = ["wallet.activity"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet, as far as Dynamic names it.
        public let wallet: Wallet
        /// The transaction.
        public let transaction: WalletTransaction
        /// Everything that Dynamic says of it.
        public let json: RawJSON

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.wallet = try Wallet(data)
            self.transaction = try WalletTransaction(data)
            self.json = envelope.root.raw("data")
        }
    }
}
