import PostroomCore

extension Anthropic {
    /// A session began to run.
    ///
    /// Not to be mistaken for `session.running`, its older name, nor for `session.status_running`, which only event
    /// streams have.
    public struct SessionStatusRunStarted: AnthropicSessionEvent {
        /// `session.status_run_started`.
        public static let eventTypes = ["session.status_run_started"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session came to rest and waits for input.
    ///
    /// Not to be mistaken for `session.idled`, its older name, nor for `session.status_idle`, which only event streams
    /// have.
    public struct SessionStatusIdled: AnthropicSessionEvent {
        /// `session.status_idled`.
        public static let eventTypes = ["session.status_idled"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session was interrupted and will run again by itself.
    public struct SessionStatusRescheduled: AnthropicSessionEvent {
        /// `session.status_rescheduled`.
        public static let eventTypes = ["session.status_rescheduled"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session ended for good.
    public struct SessionStatusTerminated: AnthropicSessionEvent {
        /// `session.status_terminated`.
        public static let eventTypes = ["session.status_terminated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }
}
