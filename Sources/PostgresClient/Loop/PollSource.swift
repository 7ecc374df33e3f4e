/// What a source waits for; computed anew on every turn of the loop.
struct PollInterest {
    /// The socket.
    var descriptor: Int32
    /// The events to wait for, as in `poll(2)`.
    var events: Int16
    /// When the source wants to be called even if nothing happened.
    var deadline: ContinuousClock.Instant?
}

/// Something with a socket that a ``PollLoop`` serves.
///
/// All calls come on the loop's thread.
protocol PollSource: AnyObject, Sendable {
    /// What to wait for in this turn.
    func pollInterest() -> PollInterest

    /// The socket is ready, or the deadline has passed.
    ///
    /// - Parameters:
    ///   - events: What `poll(2)` reported, 0 where only the deadline has passed.
    ///   - now: The time of this turn.
    func polled(_ events: Int16, now: ContinuousClock.Instant)

    /// The loop stops: end, and leave the loop.
    func loopStops()
}
