import PostroomCore

/// The meaning of an answer's head for the attempt.
enum AnswerVerdict: Hashable {
    /// The event was taken.
    case handled
    /// It was not.
    case failed(ForwardFailure)

    /// Decides.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - reason: The words beside the status.
    ///   - location: The value of `Location`, or `nil`.
    ///   - retryAfter: The time that `Retry-After` asks for, or `nil`.
    /// - Returns: The verdict.
    static func decide(status: Int, reason: String, location: String?, retryAfter: Duration?) -> AnswerVerdict {
        let words = EscapedText.of(reason.isEmpty ? "answered \(status)" : "answered \(status) \(reason)")
        switch status {
        case 200..<300:
            return .handled
        case 300..<400:
            let place = location.map { " to \(EscapedText.of(String($0.prefix(200))))" } ?? ""
            return .failed(
                ForwardFailure(
                    "\(words), a redirect\(place), which is not followed; configure the URL that takes the event"
                )
            )
        case 410:
            return .failed(.permanent("\(words): the receiver is gone for good"))
        case 429:
            return .failed(ForwardFailure(words, retryAfter.map { .busy(for: $0) }))
        case 503:
            return .failed(ForwardFailure(words, retryAfter.map { .retry(after: $0) }))
        default:
            return .failed(ForwardFailure(words))
        }
    }
}
