import PostroomCore

extension Anthropic {
    /// A session came to rest and waits for input.
    ///
    /// Not to be mistaken for `session.idled`, its name in older deployments, nor for `session.status_idle`, which only
    /// event streams have.
    public struct SessionStatusIdled: EnvelopedEvent {
        typealias Envelope = AnthropicEnvelope

        /// `session.status_idled`.
        public static let eventTypes = ["session.status_idled"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the session.
        public let sessionID: String

        init(_ envelope: AnthropicEnvelope, _ data: JSONReader) throws(UndecodableEvent) {
            self.notice = try Notice(envelope, data)
            self.sessionID = try data.value("id")
        }
    }
}
