/// An error by which a handler chooses the treatment of its failure.
///
/// Every other error is retried by the handler's policy.
public enum HandlerError: Error, Hashable {
    /// Try again after that time, in place of the policy's delay. The attempt counts.
    ///
    /// A negative time is none, and one beyond ``RetryPolicy/longestDelay`` is cut to that.
    case retry(after: Duration)
    /// Trying again can't help: make it a dead letter now, with that reason in its history.
    case permanent(String)
    /// The service behind the handler wants nothing for that time, as a 429 says: no process calls the handler until then.
    ///
    /// The job is owed again for then. The attempt is neither counted nor recorded as failed, and the handler's other jobs
    /// lose no attempt either. A negative time is none, and one beyond ``RetryPolicy/longestDelay`` is cut to that.
    case busy(for: Duration)
    /// Nothing is to be done for this event: count it as handled.
    case ignore
}

/// A failure in words of its own, which chooses its treatment as a ``HandlerError`` does.
package protocol TreatedFailure: Error, CustomStringConvertible {
    /// The treatment; `nil` where the handler's policy decides.
    var treatment: HandlerError? { get }
    /// The text that is recorded on a line after the description and never logged, because a stranger may have written it.
    var evidence: String? { get }
}

extension HandlerError {
    /// The treatment that an error asks for; `nil` where the handler's policy decides.
    package init?(of error: any Error) {
        let treatment = error as? HandlerError ?? (error as? any TreatedFailure)?.treatment
        guard let treatment else { return nil }
        self = treatment
    }
}
