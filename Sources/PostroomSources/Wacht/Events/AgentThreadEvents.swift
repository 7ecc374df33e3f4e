public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// A message was written into an agent's thread, by whomever: a user, the agent, a tool, the platform.
    ///
    /// What kind of message it is, its content says.
    public struct AgentThreadMessage: EnvelopedEvent {
        typealias Envelope = WachtEnvelope

        /// `agent.thread.message`.
        public static let eventTypes = ["agent.thread.message"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the thread: a 64-bit number in decimal.
        public let threadID: String
        /// When Wacht published the message, by its clock.
        public let timestamp: Date?
        /// The message.
        public let message: ThreadMessage

        init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.threadID = try data.id("thread_id")
            self.timestamp = data.optional("timestamp")
            self.message = try data.value("data")
        }
    }

    /// Something happened in an agent's thread that is no message.
    ///
    /// The platform sends events of its own, and tools send what their makers like.
    public struct AgentThreadPlatformEvent: EnvelopedEvent {
        typealias Envelope = WachtEnvelope

        /// `agent.thread.platform_event`.
        public static let eventTypes = ["agent.thread.platform_event"]

        /// What the envelope says.
        public let notice: Notice
        /// The identity of the thread: a 64-bit number in decimal.
        public let threadID: String
        /// When it happened, by Wacht's clock.
        public let timestamp: Date?
        /// What happened.
        public let event: PlatformEvent

        init(_ envelope: WachtEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = Notice(envelope)
            self.threadID = try data.id("thread_id")
            self.timestamp = data.optional("timestamp")
            self.event = try data.value("data")
        }
    }
}
