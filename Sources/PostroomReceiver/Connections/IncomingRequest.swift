import NIOCore
import NIOHTTP1
import PostroomCore

/// A request whose body is being received.
struct IncomingRequest {
    /// Its number among the responses that the connection owes.
    let number: UInt64
    let endpoint: EndpointEntry
    let head: RequestHead
    private(set) var body = BodyBuffer()

    init(number: UInt64, endpoint: EndpointEntry, head: RequestHead) {
        self.number = number
        self.endpoint = endpoint
        self.head = head
    }

    /// The request as verification sees it, once its body is complete.
    var complete: WebhookRequest {
        WebhookRequest(method: head.method.rawValue, target: head.target, headers: head.headers, body: body.bytes)
    }

    /// The bytes of memory that it takes.
    var memory: Int {
        head.bytes + body.capacity
    }

    /// The bytes of memory that it takes with a further part of its body.
    func memory(with count: Int) -> Int {
        head.bytes + body.capacity(with: count, announced: head.contentLength)
    }

    /// Adds a part to the body.
    mutating func append(_ part: ByteBuffer) {
        body.append(part, announced: head.contentLength)
    }
}

/// A body as it comes in: memory grows with what came, never with what was announced.
struct BodyBuffer {
    /// The bytes that came so far.
    private(set) var bytes: [UInt8] = []
    /// The bytes of memory that it takes.
    private(set) var capacity = 0

    /// The memory that it takes with a further part.
    ///
    /// - Parameters:
    ///   - count: The length of the part.
    ///   - announced: The length of the whole body, where its sender said.
    /// - Returns: The memory to ask for.
    func capacity(with count: Int, announced: Int?) -> Int {
        Self.capacity(for: bytes.count + count, current: capacity, announced: announced)
    }

    /// Adds a part, for which memory was asked for before.
    mutating func append(_ part: ByteBuffer, announced: Int?) {
        let needed = capacity(with: part.readableBytes, announced: announced)
        if needed > capacity {
            capacity = needed
            bytes.reserveCapacity(needed)
        }
        bytes.append(contentsOf: part.readableBytesView)
    }

    /// The memory to hold for a length: at least that, at most double what is held, and never more than was announced.
    static func capacity(for needed: Int, current: Int, announced: Int?) -> Int {
        guard needed > current else { return current }
        let doubled = max(needed, current * 2)
        guard let announced else { return doubled }
        return max(needed, min(doubled, announced))
    }
}
