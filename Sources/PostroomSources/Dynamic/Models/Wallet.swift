public import FoundationEssentials
public import PostroomCore

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
        /// The way in which the wallet is reached.
        public let provider: WalletProvider?
        /// The kind among the credentials that a user can sign in with, for example `blockchain`.
        public let format: CredentialFormat?
        /// The time at which it was created.
        public let createdAt: Date?
        /// The time at which the user last chose it.
        public let lastSelectedAt: Date?
        /// The identity of the environment.
        public let environmentID: String?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
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

        /// Returns whether two wallets have one address on one kind of chain.
        ///
        /// - Parameter other: The other wallet.
        /// - Returns: `true` if both have a chain and an address, the chains are of one ``Chain/family``, and the addresses are the
        ///   same. EVM addresses are compared without regard to case, because case is only their checksum.
        public func isSameAccount(as other: Wallet) -> Bool {
            guard let chain, let otherChain = other.chain, chain.family == otherChain.family else { return false }
            guard let publicKey, let otherKey = other.publicKey else { return false }
            return chain.comparable(publicKey) == chain.comparable(otherKey)
        }
    }

    /// The way in which a wallet is reached.
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

extension Dynamic {
    /// A kind of chain.
    ///
    /// Dynamic has several words for one kind: a wallet says `EVM`, a credential `eip155`, a screening `ethereum`. Compare
    /// the ``family``.
    public struct Chain: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Ethereum, which is of the family ``evm``.
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
        /// Aleo.
        public static let aleo = Chain(rawValue: "ALEO")
        /// Tempo.
        public static let tempo = Chain(rawValue: "TEMPO")
        /// Midnight.
        public static let midnight = Chain(rawValue: "MIDNIGHT")

        /// The kind of chain under the one word that wallets have for it: ``evm`` for `eip155`, `ETH` and `ethereum`.
        ///
        /// The identity of one chain counts as its kind: `eip155:1` is ``evm``. A word that this version does not know is
        /// a family of its own, whatever its case.
        public var family: Chain {
            let kind = (rawValue.split(separator: ":").first ?? "").uppercased()
            return Chain(rawValue: Self.families[kind] ?? kind)
        }

        /// Dynamic's words for kinds of chains that differ by more than their case, with the words that wallets have.
        ///
        /// The credentials' words are those of `ChainEnumToVerifiedCredentialName` and `VerifiedCredentialNameToChainEnum`
        /// in Dynamic's own package `sdk-react-core`, where `ETH` and `EVM` are both `eip155`. The screenings' words are
        /// those of Dynamic's schema `SanctionsWalletBlockedEventPayload`. A provider's default chain is one chain's
        /// identity by CAIP-2, `<kind>:<reference>`.
        private static let families = [
            "ETH": "EVM", "EIP155": "EVM", "ETHEREUM": "EVM",
            "SOLANA": "SOL",
            "BIP122": "BTC", "BITCOIN": "BTC",
            "ALGORAND": "ALGO",
            "STARKNET": "STARK",
        ]

        /// An address of this kind of chain in the one form in which it can be compared: EVM addresses in lower case.
        func comparable(_ address: String) -> String {
            family == .evm ? address.lowercased() : address
        }
    }

    /// A key, encrypted for the receiver's public key; all parts in base64url.
    public struct EncryptedKey: JSONObjectReadable, Hashable, Sendable {
        /// The algorithm of the encryption, for example `HYBRID-RSA-AES-256`.
        public let algorithm: String?
        /// The initialization vector.
        public let initializationVector: String?
        /// The encrypted key.
        public let ciphertext: String?
        /// The tag that shows that the key is whole.
        public let tag: String?
        /// The content key, encrypted with the receiver's public key.
        public let encryptedContentKey: String?
        /// The identity of that public key of the receiver.
        public let keyID: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.algorithm = json.optional("alg")
            self.initializationVector = json.optional("iv")
            self.ciphertext = json.optional("ct")
            self.tag = json.optional("tag")
            self.encryptedContentKey = json.optional("ek")
            self.keyID = json.optionalID("kid")
        }
    }
}
