import PostroomCore

extension Anthropic {
    /// A session came to be.
    public struct SessionCreated: SessionEvent {
        /// `session.created`.
        public static let eventTypes = ["session.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session's settings changed.
    public struct SessionUpdated: SessionEvent {
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
    public struct SessionPending: SessionEvent {
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
    public struct SessionRunning: SessionEvent {
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
    public struct SessionIdled: SessionEvent {
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
    public struct SessionRequiresAction: SessionEvent {
        /// `session.requires_action`.
        public static let eventTypes = ["session.requires_action"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session has used up its budget.
    public struct SessionBudgetReached: SessionEvent {
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
    public struct SessionOutcomeEvaluationEnded: SessionEvent {
        /// `session.outcome_evaluation_ended`.
        public static let eventTypes = ["session.outcome_evaluation_ended"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }

    /// A session was archived.
    public struct SessionArchived: SessionEvent {
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
    public struct SessionDeleted: SessionEvent {
        /// `session.deleted`.
        public static let eventTypes = ["session.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
    }
}
