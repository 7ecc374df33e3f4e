import PostroomCore

extension Wacht {
    /// An agent called a model.
    ///
    /// One is sent for every call. Older versions of Wacht tell the costs too, newer ones the thread and the actor; some
    /// counters count the same under two names.
    public struct AgentModelUsage: EnvelopeEvent {
        typealias Envelope = WachtEnvelope

        /// `agent.model.usage`.
        public static let eventTypes = ["agent.model.usage"]

        /// What the envelope says.
        public let notice: Notice
        /// What was used.
        public let usage: ModelUsage

        init(_ envelope: WachtEnvelope) {
            self.notice = Notice(envelope)
            self.usage = ModelUsage(envelope.looseData)
        }
    }
}
