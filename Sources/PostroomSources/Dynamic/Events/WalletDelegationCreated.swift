public import PostroomCore

extension Dynamic {
    /// A user let the receiver sign with a wallet.
    ///
    /// The body carries key material. Store the shares encrypted, and don't keep the delivery longer than needed.
    public struct WalletDelegationCreated: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `wallet.delegation.created`.
        public static let eventTypes = ["wallet.delegation.created"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet
        /// The receiver's share of the wallet's key.
        public let delegatedShare: Sensitive<EncryptedKey>?
        /// The key for Dynamic's interface to the wallet.
        public let walletAPIKey: Sensitive<EncryptedKey>?

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.wallet = try Wallet(data)
            self.delegatedShare = data.optional("encryptedDelegatedShare")
            self.walletAPIKey = data.optional("encryptedWalletApiKey")
        }
    }

    /// A key, encrypted for the receiver's public key; all parts in base64url.
    public struct EncryptedKey: JSONObjectReadable, Hashable, Sendable {
        /// How it is encrypted, for example `HYBRID-RSA-AES-256`.
        public let algorithm: String?
        /// The initialization vector.
        public let initializationVector: String?
        /// The encrypted key.
        public let ciphertext: String?
        /// The tag that shows that the key is whole.
        public let tag: String?
        /// The content key, encrypted with the receiver's public key.
        public let encryptedContentKey: String?
        /// Which of the receiver's public keys that is.
        public let keyID: String?

        init(_ json: JSONReader) {
            self.algorithm = json.optional("alg")
            self.initializationVector = json.optional("iv")
            self.ciphertext = json.optional("ct")
            self.tag = json.optional("tag")
            self.encryptedContentKey = json.optional("ek")
            self.keyID = json.optionalID("kid")
        }
    }
}
