public import PostroomCore

extension Dynamic {
    /// A transaction of an embedded wallet was blocked by a rule of the environment's policy.
    ///
    /// Dynamic's page "Policy Violation Webhooks" lists the fields, and the reasons with which each is sent.
    public struct WaasPolicyViolation: EnvelopedEvent {
        typealias Envelope = DynamicEnvelope

        /// The facts that the event states beside its data.
        public let notice: Notice
        /// The rule's kind.
        public let reason: PolicyReason?
        /// The blocked action and the reason, in words for people.
        public let message: String?
        /// The identity of the wallet that was to sign.
        public let walletID: String?
        /// The address of the wallet that was to sign.
        public let publicKey: String?
        /// The operation that was to be signed.
        public let operation: WalletOperation?
        /// The identity of the chain, in digits, for example `8453` for Base.
        public let chainID: String?
        /// The addresses that the policy denies.
        public let deniedAddresses: Field<[String]>
        /// The addresses that the policy does not name among the allowed ones.
        public let notAllowedAddresses: Field<[String]>
        /// The addresses that the transaction would have touched.
        public let counterparties: Field<[Counterparty]>
        /// The asset that would have moved beyond its limit.
        public let asset: LimitedAsset?
        /// The limit, in the asset's smallest unit, a decimal of any length.
        public let limit: String?
        /// The amount that would have moved in all, in the asset's smallest unit, a decimal of any length.
        public let outgoingValue: String?
        /// The outcome of the transaction's simulation, in Dynamic's words.
        public let simulationStatus: String?
        /// The result of a check of the transaction's safety, in Dynamic's words, for example `Malicious`.
        public let validationResult: String?
        /// The address that it is about, where it is about who signs.
        public let address: String?
        /// The whole data.
        public let json: RawJSON

        init(_ envelope: DynamicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.reason = data.optional("reasonCode")
            self.message = data.optional("errorMessage")
            self.walletID = data.optionalID("walletId")
            self.publicKey = data.optional("publicKey")
            self.operation = data.optional("operationType")
            self.chainID = data.optionalID("chainId")
            self.deniedAddresses = data.list("deniedAddresses")
            self.notAllowedAddresses = data.list("notAllowedAddresses")
            self.counterparties = data.list("counterparties")
            self.asset = data.optional("asset")
            self.limit = data.decimal("maxPerCallLimit")
            self.outgoingValue = data.decimal("totalOutgoingValue")
            self.simulationStatus = data.optional("simulationStatus")
            self.validationResult = data.optional("validationResultType")
            self.address = data.optional("address")
            self.json = envelope.root.raw("data")
        }
    }

    /// An address that a transaction touches.
    public struct Counterparty: JSONObjectReadable, Hashable, Sendable {
        /// The address.
        public let address: String?
        /// The label of it, for example `Phishing Contract`; empty where nothing is known.
        public let label: String?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.address = json.optional("address")
            self.label = json.optional("label")
        }
    }

    /// An asset that a policy sets a limit to.
    public struct LimitedAsset: JSONObjectReadable, Hashable, Sendable {
        /// The address of its contract.
        public let address: String?
        /// The kind, for example `ERC20`.
        public let kind: String?
        /// Its symbol, for example `USDC`.
        public let symbol: String?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.address = json.optional("address")
            self.kind = json.optional("type")
            self.symbol = json.optional("symbol")
        }
    }

    /// The reason for which a policy blocks a transaction.
    public struct PolicyReason: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// An address is denied.
        public static let addressDenied = PolicyReason(rawValue: "address_denied")
        /// An address is not among the allowed ones.
        public static let addressNotAllowed = PolicyReason(rawValue: "address_not_allowed")
        /// More would have moved than the limit allows.
        public static let valueLimitExceeded = PolicyReason(rawValue: "value_limit_exceeded")
        /// The transaction could not be simulated, or would have failed.
        public static let simulationFailed = PolicyReason(rawValue: "simulation_failed")
        /// The transaction looks malicious.
        public static let securityRisk = PolicyReason(rawValue: "security_risk_malicious")
        /// The message to sign does not have the form that it should have.
        public static let invalidMessageFormat = PolicyReason(rawValue: "invalid_message_format")
    }

    /// The operation that a wallet is to sign.
    public struct WalletOperation: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A transaction on an EVM chain.
        public static let evmTransaction = WalletOperation(rawValue: "evmTransaction")
        /// An operation of a contract that is an account on an EVM chain.
        public static let evmUserOperation = WalletOperation(rawValue: "evmUserOperation")
        /// A transaction on Solana.
        public static let svmTransaction = WalletOperation(rawValue: "svmTransaction")
        /// A message on Solana.
        public static let svmMessage = WalletOperation(rawValue: "svmMessage")

        /// The kind of chain that it is for, or `nil` for an operation that this version does not know.
        public var chain: Chain? {
            switch self {
            case .evmTransaction, .evmUserOperation: .evm
            case .svmTransaction, .svmMessage: .solana
            default: nil
            }
        }
    }
}
