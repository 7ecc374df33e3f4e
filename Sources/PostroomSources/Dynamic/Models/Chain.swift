import PostroomCore

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
}
