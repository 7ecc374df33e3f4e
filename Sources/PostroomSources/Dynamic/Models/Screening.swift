public import PostroomCore

extension Dynamic {
    /// The verdict on the address of a wallet.
    ///
    /// Its fields are those of Dynamic's schemas `SanctionsWalletBlockedEventPayload` and
    /// `WalletAddressScreeningAlertedEventPayload`.
    public struct Screening: JSONObjectReadable, Hashable, Sendable {
        /// The address, in lower case whatever its chain; compare it without regard to case.
        public let walletAddress: String?
        /// The kind of chain, in words such as `ethereum`, or `nil` where the screening did without one.
        ///
        /// Compare its ``Chain/family``.
        public let chain: Chain?
        /// The provider that gave the verdict.
        public let provider: ScreeningProvider?
        /// The identity of the record that Dynamic keeps of the check, a UUID.
        public let checkID: String?
        /// The provider's categories that led to the verdict; there may be none where the verdict came from a cache.
        public let categories: Field<[String]>
        /// The action that the user was about to take.
        public let origin: ScreeningOrigin?
        /// The rule of the environment's own policy, in Dynamic's words; none where it was a sanction.
        public let reason: RawJSON?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.walletAddress = json.optional("walletAddress")
            self.chain = json.optional("chain")
            self.provider = json.optional("sanctionsProvider")
            self.checkID = json.optionalID("sanctionCheckRequestId")
            self.categories = json.list("categories")
            self.origin = json.optional("origin")
            self.reason = json.optional("reason")
        }
    }

    /// A provider that judges addresses.
    public struct ScreeningProvider: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// TRM Labs.
        public static let trm = ScreeningProvider(rawValue: "trm-wallet-screening")
        /// Chainalysis.
        public static let chainalysis = ScreeningProvider(rawValue: "chainalysis-address-screening")
        /// Dynamic itself.
        public static let dynamic = ScreeningProvider(rawValue: "dynamic-sanctions-screening")
    }

    /// The action that a user was about to take when an address was judged.
    public struct ScreeningOrigin: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The user signed in.
        public static let signIn = ScreeningOrigin(rawValue: "signIn")
        /// The user connected a wallet.
        public static let walletConnect = ScreeningOrigin(rawValue: "walletConnect")
        /// A checkout was to pay to the address.
        public static let checkoutDestination = ScreeningOrigin(rawValue: "checkoutDestination")
        /// A checkout was to be paid from the address.
        public static let checkoutSource = ScreeningOrigin(rawValue: "checkoutSource")
        /// A flow was to pay to the address.
        public static let flowDestination = ScreeningOrigin(rawValue: "flowDestination")
        /// A flow was to be paid from the address.
        public static let flowSource = ScreeningOrigin(rawValue: "flowSource")
        /// Somebody asked Dynamic's interface.
        public static let api = ScreeningOrigin(rawValue: "api")
        /// Nobody: Dynamic looked ahead.
        public static let backgroundPrefetch = ScreeningOrigin(rawValue: "backgroundPrefetch")
    }
}
