/// One accepted request, kept exactly as received.
public struct Delivery: Sendable {
    /// The identity, given when the delivery was committed.
    public let id: DeliveryID
    /// The endpoint that it was posted to.
    public let endpoint: EndpointName
    /// The kind of producer, as the endpoint was configured when the delivery came.
    public let source: Source
    /// The event type that the source's rules found in the body, or `nil` where they found none.
    public let eventType: String?
    /// The sender's identity of the delivery, unique per endpoint.
    public let idempotencyKey: String
    /// The time at which the delivery was committed, by the database's clock.
    public let receivedAt: Timestamp
    /// The header fields as received.
    public let headers: Headers
    /// The body as received, byte for byte.
    public let body: [UInt8]

    /// Puts a delivery together from its stored parts.
    public init(
        id: DeliveryID,
        endpoint: EndpointName,
        source: Source,
        eventType: String?,
        idempotencyKey: String,
        receivedAt: Timestamp,
        headers: Headers,
        body: [UInt8]
    ) {
        self.id = id
        self.endpoint = endpoint
        self.source = source
        self.eventType = eventType
        self.idempotencyKey = idempotencyKey
        self.receivedAt = receivedAt
        self.headers = headers
        self.body = body
    }
}
