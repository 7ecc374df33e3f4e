/// A request to an endpoint, complete, as verification sees it.
public struct WebhookRequest: Sendable {
    /// The method, in capital letters: `POST` for a delivery.
    public let method: String
    /// The target as received: the path, and the query where there is one.
    public let target: String
    /// The header fields as received.
    public let headers: Headers
    /// The body as received, byte for byte.
    public let body: [UInt8]

    /// Puts a request together.
    public init(method: String = "POST", target: String = "/", headers: Headers, body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }
}

/// The answer that a producer asks for before it sends events, or from time to time: nothing is stored, no handler runs.
public struct HandshakeResponse: Hashable, Sendable {
    /// A header field of the answer.
    public struct Field: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The value, without line ends.
        public let value: String

        /// Names a field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The media type of the body, or `nil` where there is no body: then the answer is 204 instead of 200.
    public let contentType: String?
    /// Further header fields.
    public let fields: [Field]
    /// The body.
    public let body: [UInt8]

    /// Describes an answer.
    public init(contentType: String? = nil, fields: [Field] = [], body: [UInt8] = []) {
        self.contentType = contentType
        self.fields = fields
        self.body = body
    }
}
