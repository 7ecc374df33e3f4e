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
    var body = BodyBuffer()
}
