import PostroomCore

/// The response to a request.
enum Response: Hashable, Sendable {
    /// Committed, now or before.
    case stored(IntakeReceipt)
    /// The answer that a producer's handshake asks for.
    indirect case handshake(HandshakeResponse)
    /// Not authentic.
    case refused(ReceiverEndpoint.RefusalStatus)
    /// There is no such endpoint.
    case unknownEndpoint
    /// The method is not POST.
    case notPost
    /// The body is longer than the endpoint takes.
    case tooLarge(limit: Int)
    /// Not committed, as far as is known.
    case unavailable
    /// More came than may be held at once.
    case overloaded
    /// The receiver is going away.
    case shuttingDown
    /// Not HTTP.
    case malformed
    /// The body is framed by a transfer coding that is not understood.
    case unknownCoding
    /// More header fields, or longer ones, than are taken.
    case headerTooLarge
    /// The sender took too long.
    case timedOut
}

extension Response {
    /// The status line's code.
    var statusCode: Int {
        status.withUTF8Buffer { $0.prefix(3).reduce(0) { $0 * 10 + Int($1 & 0x0F) } }
    }

    /// The status line's code and phrase.
    var status: StaticString {
        switch self {
        case .handshake(let answer) where answer.contentType == nil: "204 No Content"
        case .stored, .handshake: "200 OK"
        case .refused(.unauthorized): "401 Unauthorized"
        case .unknownEndpoint: "404 Not Found"
        case .notPost: "405 Method Not Allowed"
        case .tooLarge: "413 Content Too Large"
        case .refused(.serviceUnavailable), .unavailable, .overloaded, .shuttingDown: "503 Service Unavailable"
        case .malformed: "400 Bad Request"
        case .unknownCoding: "501 Not Implemented"
        case .headerTooLarge: "431 Request Header Fields Too Large"
        case .timedOut: "408 Request Timeout"
        }
    }

    /// True where the connection can take another request after it.
    var allowsReuse: Bool {
        switch self {
        case .stored, .handshake, .refused, .unknownEndpoint, .notPost, .unavailable, .overloaded: true
        case .tooLarge, .shuttingDown, .malformed, .unknownCoding, .headerTooLarge, .timedOut: false
        }
    }

    /// True where the sender is told when to come again.
    var invitesRetry: Bool {
        switch self {
        case .refused(.serviceUnavailable), .unavailable, .overloaded, .shuttingDown: true
        default: false
        }
    }

    /// The trouble and its remedy, in words that need no escaping in JSON; `nil` where there is none.
    var explanation: String? {
        switch self {
        case .stored, .handshake: nil
        case .refused:
            "the signature or token is missing or wrong, or its time is outside the tolerance; check the endpoint's secret "
                + "and the sender's clock"
        case .unknownEndpoint: "there is no such endpoint; check the URL, which is /hooks/ and the endpoint's name"
        case .notPost: "only POST is taken here; send the event with POST"
        case .tooLarge(let limit):
            "the body is longer than the \(limit) bytes that this endpoint takes; send less or raise its body limit"
        case .unavailable: "the delivery could not be stored now; send it again later"
        case .overloaded: "too many deliveries are under way; send it again later"
        case .shuttingDown: "the receiver is shutting down; send it again later"
        case .malformed: "the request is not valid HTTP/1.1; mend the sender"
        case .unknownCoding:
            "the body has a transfer coding that is not understood; send it plain or only chunked, and compress it by "
                + "Content-Encoding if at all"
        case .headerTooLarge: "the header fields are too many or too long; send fewer or shorter ones"
        case .timedOut: "the request took too long to arrive; send it again"
        }
    }
}

/// The kinds of responses that are counted apart.
enum ResponseKind: Int, CaseIterable {
    case accepted, duplicate, refused, unknownEndpoint, notPost, tooLarge, unavailable, overloaded, shuttingDown
    case malformed, timeout, handshake

    /// The value of the metric's dimension.
    var label: String {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .refused: "refused"
        case .unknownEndpoint: "unknown-endpoint"
        case .notPost: "not-post"
        case .tooLarge: "too-large"
        case .unavailable: "unavailable"
        case .overloaded: "overloaded"
        case .shuttingDown: "shutting-down"
        case .malformed: "malformed"
        case .timeout: "timeout"
        case .handshake: "handshake"
        }
    }
}

extension Response {
    /// The kind as which it is counted.
    var kind: ResponseKind {
        switch self {
        case .stored(let receipt): receipt.isDuplicate ? .duplicate : .accepted
        case .handshake: .handshake
        case .refused: .refused
        case .unknownEndpoint: .unknownEndpoint
        case .notPost: .notPost
        case .tooLarge: .tooLarge
        case .unavailable: .unavailable
        case .overloaded: .overloaded
        case .shuttingDown: .shuttingDown
        case .malformed, .unknownCoding, .headerTooLarge: .malformed
        case .timedOut: .timeout
        }
    }
}
