import NIOHTTP1

/// The decision on a request once its head is read.
enum Admission {
    /// Its body is received.
    case receive(EndpointEntry)
    /// It is answered without its body.
    case reject(Response, EndpointEntry?)

    /// Decides by the head alone.
    ///
    /// - Parameters:
    ///   - head: The head.
    ///   - endpoint: The endpoint that its target names.
    ///   - isDraining: True where the receiver is going away.
    /// - Returns: True where the body is received.
    static func decide(_ head: RequestHead, for endpoint: EndpointEntry?, isDraining: Bool) -> Admission {
        switch head.framing {
        case .length, .chunks: break
        case .unknownCoding: return .reject(.unknownCoding, endpoint)
        case .ambiguous: return .reject(.malformed, endpoint)
        }
        guard let endpoint else { return .reject(.unknownEndpoint, nil) }
        guard head.method == .POST || endpoint.endpoint.handshakeMethods.contains(head.method.rawValue) else {
            return .reject(.notPost, endpoint)
        }
        guard !isDraining else { return .reject(.shuttingDown, endpoint) }
        let limit = endpoint.endpoint.bodyLimit
        guard (head.contentLength ?? 0) <= limit else { return .reject(.tooLarge(limit: limit), endpoint) }
        return .receive(endpoint)
    }
}
