import NIOCore
import PostroomCore

/// A request whose body is being received.
struct IncomingRequest {
    /// Its number among the answers that the connection owes.
    let number: UInt64
    let endpoint: EndpointEntry
    let headers: Headers
    /// The memory that its head takes.
    let headBytes: Int
    /// The length of its body, where the sender said.
    let announced: Int?
    /// Whether the connection stays open after it.
    let keepsAlive: Bool
    var body = BodyBuffer()
    /// What has to be given back to the budget when it is answered, once it is complete.
    var charged = 0

    /// The answer that ends the request because its body would be too long with a further part.
    func refusal(ofFurther count: Int) -> Response? {
        let limit = endpoint.endpoint.bodyLimit
        return body.bytes.count + count <= limit ? nil : .tooLarge(limit: limit)
    }

    /// The memory that its body takes with a further part.
    func capacity(with count: Int) -> Int {
        body.capacity(with: count, announced: announced)
    }
}
