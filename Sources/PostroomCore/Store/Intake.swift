/// A verified request on its way into the inbox.
public struct IncomingDelivery: Sendable {
    /// The endpoint that it was posted to.
    public let endpoint: EndpointName
    /// The endpoint's source.
    public let source: Source
    /// The identity of the delivery, by the source's rules.
    public let identity: DeliveryIdentity
    /// The header fields as received.
    public let headers: Headers
    /// The body as received.
    public let body: [UInt8]

    /// Puts a request together.
    public init(
        endpoint: EndpointName,
        source: Source,
        identity: DeliveryIdentity,
        headers: Headers,
        body: [UInt8]
    ) {
        self.endpoint = endpoint
        self.source = source
        self.identity = identity
        self.headers = headers
        self.body = body
    }
}

/// The receipt for one request, with which its sender is answered.
public struct IntakeReceipt: Hashable, Sendable {
    /// The delivery's identity; for a duplicate the first one's.
    public let id: DeliveryID
    /// `true` where the key was in the inbox already, or came earlier in the same commit.
    public let isDuplicate: Bool

    /// Answers a request.
    public init(id: DeliveryID, isDuplicate: Bool) {
        self.id = id
        self.isDuplicate = isDuplicate
    }
}

/// The result of one commit of requests.
public struct IntakeResult: Sendable {
    /// A receipt for each request, in their order.
    public let receipts: [IntakeReceipt]
    /// The batches that were committed, one as a rule; none where everything was a duplicate.
    public let batches: [ClaimedBatch]

    /// Collects a commit's results.
    public init(receipts: [IntakeReceipt], batches: [ClaimedBatch]) {
        self.receipts = receipts
        self.batches = batches
    }
}

/// The store in which the receiver commits requests.
public protocol IntakeStore: Sendable {
    /// Commits requests together and returns when they are on disk.
    ///
    /// - Parameters:
    ///   - deliveries: 1 to ``PostroomCore/DeliveryID/deliveriesPerBatch`` requests. Equal keys among them are
    ///     duplicates of the first.
    ///   - worker: The worker in this process that will run them at once, or `nil` to leave them to be claimed.
    /// - Returns: A receipt for each request, and the batches that were stored.
    /// - Throws: ``QueueError``. The requests may have been committed even so; a sender that repeats them is answered as
    ///   a duplicate. Batches that were committed claimed come back through ``WorkQueue/releaseUnknownClaims(of:known:)``.
    func store(_ deliveries: [IncomingDelivery], claimedBy worker: WorkerID?) async throws(QueueError) -> IntakeResult
}

/// A memory of keys outside of the store that deliveries are committed to.
package protocol KeyHistory: Sendable {
    /// Looks for the keys of deliveries.
    ///
    /// - Returns: A finding for each, in their order.
    func find(_ deliveries: [IncomingDelivery]) async -> [KeyFinding]
}

/// The finding about a delivery's key.
package enum KeyFinding: Hashable, Sendable {
    /// It is not known.
    case new
    /// It was that delivery's.
    case known(DeliveryID)
    /// It may be known to somebody who does not answer.
    case unanswered(QueueError)
}

/// A worker in the receiver's own process, which takes committed deliveries over without reading them back.
public protocol HandOff: Sendable {
    /// Reserves capacity.
    ///
    /// - Parameter size: The size of the commit.
    /// - Returns: The worker to claim for; `nil` where it has no capacity, and the batch must be stored unclaimed. A
    ///   reservation ends with exactly one call of ``accept(_:for:reserved:)`` or ``cancel(reserved:)``.
    func reserve(_ size: WorkSize) -> WorkerID?

    /// Hands over batches that were committed claimed by the worker that ``reserve(_:)`` returned. They may hold fewer
    /// deliveries than reserved.
    func accept(_ batches: [ClaimedBatch], for worker: WorkerID, reserved size: WorkSize)

    /// Ends a reservation after a failed commit, whose claims may exist in the database all the same.
    func cancel(reserved size: WorkSize)

    /// Wakes the worker: unclaimed work was committed.
    func wake()
}
