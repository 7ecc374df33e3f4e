public import FoundationEssentials
import PostroomCore

extension Dynamic {
    /// A user linked a wallet.
    public struct WalletLinked: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// `wallet.linked`.
        public static let eventTypes = ["wallet.linked"]

        /// What the event says beside its data.
        public let notice: Notice
        /// The wallet.
        public let wallet: Wallet

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope)
            self.wallet = try Wallet(data)
        }
    }

    /// A wallet.
    ///
    /// Dynamic's own descriptions of it differ from event to event, so every field may be missing.
    public struct Wallet: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the wallet, a UUID.
        public let id: String?
        /// The kind of chain.
        public let chain: Chain?
        /// The address or public key.
        ///
        /// EVM addresses compare without regard to case, all others with.
        public let publicKey: String?
        /// The user that it belongs to.
        public let userID: String?
        /// The name of the wallet's program, for example `metamask`.
        public let name: String?
        /// How the wallet is reached, for example `browserExtension` or `embeddedWallet`.
        public let provider: String?
        /// When it came to be.
        public let createdAt: Date?
        /// The identity of the environment.
        public let environmentID: String?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.optionalID("id")
            self.chain = try json.optional("chain")
            self.publicKey = try json.optional("publicKey")
            self.userID = try json.optionalID("userId")
            self.name = try json.optional("name")
            self.provider = try json.optional("provider")
            self.createdAt = try json.optional("createdAt")
            self.environmentID = try json.optionalID("projectEnvironmentId")
        }
    }

    /// A kind of chain.
    public struct Chain: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Ethereum.
        public static let ethereum = Chain(rawValue: "ETH")
        /// Ethereum and every chain that runs its machine.
        public static let evm = Chain(rawValue: "EVM")
        /// Solana.
        public static let solana = Chain(rawValue: "SOL")
        /// Bitcoin.
        public static let bitcoin = Chain(rawValue: "BTC")
        /// Flow.
        public static let flow = Chain(rawValue: "FLOW")
        /// Algorand.
        public static let algorand = Chain(rawValue: "ALGO")
        /// Starknet.
        public static let starknet = Chain(rawValue: "STARK")
        /// Cosmos.
        public static let cosmos = Chain(rawValue: "COSMOS")
        /// Eclipse.
        public static let eclipse = Chain(rawValue: "ECLIPSE")
        /// Sui.
        public static let sui = Chain(rawValue: "SUI")
        /// Spark.
        public static let spark = Chain(rawValue: "SPARK")
        /// Tron.
        public static let tron = Chain(rawValue: "TRON")
        /// Aptos.
        public static let aptos = Chain(rawValue: "APTOS")
        /// TON.
        public static let ton = Chain(rawValue: "TON")
        /// Stellar.
        public static let stellar = Chain(rawValue: "STELLAR")
    }
}
