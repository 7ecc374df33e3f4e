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
        public let additionalAddresses: Field<[RawJSON]>
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
            self.id = try json.identity(json.name("id", "walletId"))
            self.chain = json.optional(json.name("chain", "chainName"))
            self.publicKey = json.optional(json.name("publicKey", "address", "walletAddress"))
            self.additionalAddresses = json.list("walletAdditionalAddresses")
            self.userID = json.optionalID("userId")
            self.name = json.optional(json.name("name", "walletName"))
            self.provider = json.optional(json.name("provider", "walletProvider"))
            self.format = json.optional("format")
            self.createdAt = json.optional("createdAt")
            self.lastSelectedAt = json.optional("lastSelectedAt")
            self.environmentID = json.optionalID("projectEnvironmentId")
        }

        /// Whether two wallets have one address on one kind of chain.
        ///
        /// - Parameter other: The other wallet.
        /// - Returns: Whether both say chain and address, the chains are of one ``Chain/family``, and the addresses are the
        ///   same. EVM addresses are compared without regard to case, because case is only their checksum.
        public func isSameAccount(as other: Wallet) -> Bool {
            guard let chain, let otherChain = other.chain, chain.family == otherChain.family else { return false }
            guard let publicKey, let otherKey = other.publicKey else { return false }
            return chain.comparable(publicKey) == chain.comparable(otherKey)
        }
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

extension JSONReader {
    /// The first of some names that the object has, or else the first of all: Dynamic has several names for one field.
    func name(_ names: String...) -> String {
        names.first(where: has) ?? names[0]
    }
}
