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
    /// Nothing is to be done for this event: count it as handled.
    case ignore
}
