import PostroomCore

extension Anthropic {
    /// A session came to be.
    public struct SessionCreated: AnthropicSessionEvent {
        /// `session.created`.
        public static let eventTypes = ["session.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session's settings changed.
    public struct SessionUpdated: AnthropicSessionEvent {
        /// `session.updated`.
        public static let eventTypes = ["session.updated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session waits to be run.
    ///
    /// Deployments of today do not send it.
    public struct SessionPending: AnthropicSessionEvent {
        /// `session.pending`.
        public static let eventTypes = ["session.pending"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session runs.
    ///
    /// The older name of ``SessionStatusRunStarted``; deployments of today do not send it.
    public struct SessionRunning: AnthropicSessionEvent {
        /// `session.running`.
        public static let eventTypes = ["session.running"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session came to rest.
    ///
    /// The older name of ``SessionStatusIdled``; deployments of today do not send it.
    public struct SessionIdled: AnthropicSessionEvent {
        /// `session.idled`.
        public static let eventTypes = ["session.idled"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session waits for somebody to act.
    ///
    /// Deployments of today do not send it.
    public struct SessionRequiresAction: AnthropicSessionEvent {
        /// `session.requires_action`.
        public static let eventTypes = ["session.requires_action"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session has used up its budget.
    public struct SessionBudgetReached: AnthropicSessionEvent {
        /// `session.budget_reached`.
        public static let eventTypes = ["session.budget_reached"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// The evaluation of a session's outcome ended.
    ///
    /// It may come after ``SessionStatusIdled`` or before it. Event streams have a `span.outcome_evaluation_end` of
    /// their own.
    public struct SessionOutcomeEvaluationEnded: AnthropicSessionEvent {
        /// `session.outcome_evaluation_ended`.
        public static let eventTypes = ["session.outcome_evaluation_ended"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session was archived.
    public struct SessionArchived: AnthropicSessionEvent {
        /// `session.archived`.
        public static let eventTypes = ["session.archived"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session was deleted.
    ///
    /// It is the last word on the session, and may overtake the events before it.
    public struct SessionDeleted: AnthropicSessionEvent {
        /// `session.deleted`.
        public static let eventTypes = ["session.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }
}
