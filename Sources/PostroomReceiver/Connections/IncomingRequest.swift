import NIOCore
import PostroomCore

/// A request whose body is being received.
struct IncomingRequest {
    /// Its number among the answers that the connection owes.
    let number: UInt64
    let endpoint: EndpointEntry
    let headers: Headers
    /// The length of its body, where the sender said.
    let announced: Int?
    /// Whether the connection stays open after it.
    let keepsAlive: Bool
    private(set) var body = BodyBuffer()

    /// Takes a part of the body.
    ///
    /// - Returns: The answer that ends the request if the part can't be taken.
    mutating func take(_ part: ByteBuffer, budget: IntakeBudget) -> Answer? {
        let limit = endpoint.endpoint.bodyLimit
        guard body.bytes.count + part.readableBytes <= limit else { return .tooLarge(limit: limit) }
        return body.append(part, announced: announced, budget: budget) ? nil : .overloaded
    }
}
