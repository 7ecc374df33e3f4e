package import FoundationEssentials
package import PostroomCore

/// One endpoint as the receiver needs it: its name, its limits, and the verification of its requests.
package struct ReceiverEndpoint: Sendable {
    /// The response to a request that is not authentic.
    package enum RefusalStatus: Int, Sendable {
        /// 401: the sender learns that its secret is wrong.
        case unauthorized = 401
        /// 503: for senders that drop an event on any 4xx, so that nothing is lost while a secret is wrong.
        case serviceUnavailable = 503
    }

    /// Decides whether a request is authentic, from the request and the receiver's time.
    ///
    /// It runs on an event loop (on a thread of its own for long bodies), before anything is stored, and must neither wait
    /// nor keep what it is given. A request of another method than POST is never authentic: it is a handshake or refused.
    package typealias Verification = @Sendable (_ request: WebhookRequest, _ now: Date) -> EndpointVerdict

    /// The name in the URL: `POST /hooks/{endpoint}`.
    package let name: EndpointName
    /// The kind of producer.
    package let source: Source
    /// The longest body that is taken, in bytes; a longer one is answered 413.
    package let bodyLimit: Int
    /// The response to a request that is not authentic.
    package let refusalStatus: RefusalStatus
    /// The rules that name an authentic delivery.
    package let rules: any SourceRules
    /// True where an authentic delivery without an event type is an oddity, to be counted and told.
    package let promisesEventType: Bool
    /// The time within which something is expected to come; `nil` where silence means nothing.
    package let expectedEvery: Duration?
    /// The names of the header fields that carry a secret itself: a delivery is kept with ``secretMark`` in their place.
    package let secretHeaders: [String]
    /// The methods beside POST that belong to a handshake of the source.
    package let handshakeMethods: [String]
    /// The names of its secrets, in the order of their places: never a secret itself.
    package let secretNames: [String]
    /// The verification that tells authentic requests from others.
    package let verify: Verification

    /// The text that stands in a delivery's headers in place of a secret.
    package static let secretMark = "[redacted]"

    /// Describes an endpoint.
    ///
    /// - Parameters:
    ///   - name: The name in the URL.
    ///   - source: The kind of producer.
    ///   - bodyLimit: The longest body that is taken, in bytes.
    ///   - refusalStatus: The response to a request that is not authentic.
    ///   - rules: The rules that name an authentic delivery.
    ///   - promisesEventType: True where an authentic delivery without an event type is an oddity.
    ///   - expectedEvery: The time within which something is expected to come, or `nil`.
    ///   - secretHeaders: The names of the header fields that carry a secret itself.
    ///   - handshakeMethods: The methods beside POST that belong to a handshake of the source.
    ///   - secretNames: The names of its secrets, in the order of their places.
    ///   - verify: The verification that tells authentic requests from others.
    package init(
        name: EndpointName,
        source: Source,
        bodyLimit: Int = 1 << 20,
        refusalStatus: RefusalStatus = .unauthorized,
        rules: any SourceRules,
        promisesEventType: Bool = true,
        expectedEvery: Duration? = nil,
        secretHeaders: [String] = [],
        handshakeMethods: [String] = [],
        secretNames: [String] = [],
        verify: @escaping Verification
    ) {
        self.name = name
        self.source = source
        self.bodyLimit = bodyLimit
        self.refusalStatus = refusalStatus
        self.rules = rules
        self.promisesEventType = promisesEventType
        self.expectedEvery = expectedEvery
        self.secretHeaders = secretHeaders
        self.handshakeMethods = handshakeMethods
        self.secretNames = secretNames
        self.verify = verify
    }
}

extension ReceiverEndpoint {
    /// The header fields that are kept of an authentic request: all, as they came, but for secrets.
    func kept(_ headers: Headers) -> Headers {
        secretHeaders.isEmpty ? headers : headers.hiding(secretHeaders, behind: Self.secretMark)
    }
}

/// The outcome of a request's verification.
package enum EndpointVerdict: Hashable, Sendable {
    /// Someone who knows a secret of the endpoint sent exactly these bytes; its place says which one, where that is known.
    case authentic(secret: Int? = nil)
    /// The producer asks whether it is expected; it gets this answer, and nothing is stored.
    case handshake(HandshakeResponse)
    /// The request is not to be believed.
    case refused(Refusal)
}

/// The reason why a request is not authentic.
package struct Refusal: Hashable, Sendable {
    /// A short label for logs and metrics, one of few: it never carries anything from the request.
    package let reason: String
    /// The names of the header fields that were looked for and not there.
    package let missingHeaders: [String]
    /// The names of header fields that came instead and look like signatures: never their values.
    package let headersInstead: [String]
    /// The names of all header fields that were looked for.
    package let neededHeaders: [String]
    /// The names of those that were there.
    package let foundHeaders: [String]

    /// Names a reason.
    package init(
        reason: String,
        missingHeaders: [String] = [],
        headersInstead: [String] = [],
        neededHeaders: [String] = [],
        foundHeaders: [String] = []
    ) {
        self.reason = reason
        self.missingHeaders = missingHeaders
        self.headersInstead = headersInstead
        self.neededHeaders = neededHeaders
        self.foundHeaders = foundHeaders
    }
}
