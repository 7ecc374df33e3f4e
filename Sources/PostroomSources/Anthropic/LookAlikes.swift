extension Anthropic {
    /// Whether an event type says that a session came to rest, under its name of today or its older one.
    ///
    /// - Parameter eventType: The event type.
    /// - Returns: Whether it is `session.status_idled` or `session.idled`; the names of event streams are neither.
    public static func isIdle(_ eventType: String) -> Bool {
        SessionStatusIdled.eventTypes.contains(eventType) || SessionIdled.eventTypes.contains(eventType)
    }

    /// Whether an event type says that a session runs, under its name of today or its older one.
    ///
    /// - Parameter eventType: The event type.
    /// - Returns: Whether it is `session.status_run_started` or `session.running`; the names of event streams are
    ///   neither.
    public static func isRunning(_ eventType: String) -> Bool {
        SessionStatusRunStarted.eventTypes.contains(eventType) || SessionRunning.eventTypes.contains(eventType)
    }
}
