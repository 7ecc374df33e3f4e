import PostroomCore

extension Anthropic {
    /// A thread inside a session came to be.
    public struct SessionThreadCreated: AnthropicSessionThreadEvent {
        /// `session.thread_created`.
        public static let eventTypes = ["session.thread_created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
        /// The identity of the thread inside the session.
        public let threadID: String
    }

    /// A thread inside a session came to rest.
    public struct SessionThreadIdled: AnthropicSessionThreadEvent {
        /// `session.thread_idled`.
        public static let eventTypes = ["session.thread_idled"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
        /// The identity of the thread inside the session.
        public let threadID: String
    }

    /// A thread inside a session ended for good.
    public struct SessionThreadTerminated: AnthropicSessionThreadEvent {
        /// `session.thread_terminated`.
        public static let eventTypes = ["session.thread_terminated"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String
        /// The identity of the thread inside the session.
        public let threadID: String
    }
}
