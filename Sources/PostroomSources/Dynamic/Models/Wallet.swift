public import FoundationEssentials
import PostroomCore

extension Dynamic {
    /// A wallet.
    ///
    /// Dynamic's own descriptions of it differ from event to event, in the names of its fields too, so every field may
    /// be missing.
    public struct Wallet: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the wallet, a UUID.
        public let id: String?
        /// The kind of chain.
        public let chain: Chain?
        /// The address or public key.
        ///
        /// EVM addresses compare without regard to case, all others with; see ``isSameAccount(as:)``.
        public let publicKey: String?
        /// More addresses of the same wallet.
        public let additionalAddresses: [RawJSON]
        /// The user that it belongs to.
        public let userID: String?
        /// The name of the wallet's program, for example `metamask`.
        public let name: String?
        /// How the wallet is reached.
        public let provider: WalletProvider?
        /// What it is among the things that a user can sign in with, for example `blockchain`.
        public let format: CredentialFormat?
        /// When it came to be.
        public let createdAt: Date?
        /// When the user last chose it.
        public let lastSelectedAt: Date?
        /// The identity of the environment.
        public let environmentID: String?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            func name(_ names: String...) -> String {
                names.first { json.has($0) } ?? names[0]
            }
            self.id = try json.optionalID(name("id", "walletId"))
            self.chain = try json.optional("chain")
            self.publicKey = try json.optional(name("publicKey", "address", "walletAddress"))
            self.additionalAddresses = try json.list("walletAdditionalAddresses")
            self.userID = try json.optionalID("userId")
            self.name = try json.optional(name("name", "walletName"))
            self.provider = try json.optional(name("provider", "walletProvider"))
            self.format = try json.optional("format")
            self.createdAt = try json.optional("createdAt")
            self.lastSelectedAt = try json.optional("lastSelectedAt")
            self.environmentID = try json.optionalID("projectEnvironmentId")
        }

        /// Whether two wallets have one address on one kind of chain.
        ///
        /// - Parameter other: The other wallet.
        /// - Returns: Whether both say chain and address, and the same ones. EVM addresses are compared without regard to
        ///   case, because case is only their checksum.
        public func isSameAccount(as other: Wallet) -> Bool {
            guard let chain, chain == other.chain, let publicKey, let otherKey = other.publicKey else { return false }
            let isCaseless = chain == .evm || chain == .ethereum
            return isCaseless ? publicKey.lowercased() == otherKey.lowercased() : publicKey == otherKey
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

    /// How a wallet is reached.
    public struct WalletProvider: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Through an extension of the browser.
        public static let browserExtension = WalletProvider(rawValue: "browserExtension")
        /// Through a service that keeps its key.
        public static let custodialService = WalletProvider(rawValue: "custodialService")
        /// Through WalletConnect.
        public static let walletConnect = WalletProvider(rawValue: "walletConnect")
        /// Through a code that was photographed.
        public static let qrCode = WalletProvider(rawValue: "qrCode")
        /// Through a link to the wallet's program.
        public static let deepLink = WalletProvider(rawValue: "deepLink")
        /// It is part of the environment's site.
        public static let embeddedWallet = WalletProvider(rawValue: "embeddedWallet")
        /// It is a contract on its chain.
        public static let smartContractWallet = WalletProvider(rawValue: "smartContractWallet")
    }
}
