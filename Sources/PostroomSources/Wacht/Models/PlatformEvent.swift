import PostroomCore

extension Wacht {
    /// What happened in a thread.
    public struct PlatformEvent: JSONObjectReadable, Hashable, Sendable {
        /// The name of it, for example `conversation_compacted`; tools' makers choose their own.
        public let label: String
        /// What else there is to say: any JSON.
        public let data: RawJSON?
        /// What a conversation was compacted to, where that is what happened.
        public let compaction: Compaction?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.label = try json.value("event_label")
            self.data = json.optional("event_data")
            self.compaction = label == "conversation_compacted" ? json.optional("event_data") : nil
        }
    }

    /// What a conversation was compacted to: a summary in place of its older messages.
    public struct Compaction: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the thread.
        public let threadID: String?
        /// The identity of the message with the summary.
        public let summaryMessageID: String?
        /// The identity of the last message that the summary stands for.
        public let cleanedUpThroughID: String?
        /// The identity of the message that was one too many.
        public let triggeringMessageID: String?

        init(_ json: JSONReader) {
            self.threadID = json.optionalID("thread_id")
            self.summaryMessageID = json.optionalID("summary_conversation_id")
            self.cleanedUpThroughID = json.optionalID("cleanup_through_id")
            self.triggeringMessageID = json.optionalID("trigger_conversation_id")
        }
    }
}
