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
            self.data = try json.optional("event_data")
            let compaction: Compaction? = label == "conversation_compacted" ? try json.optional("event_data") : nil
            self.compaction = compaction
        }
    }

    /// What a conversation was compacted to: a summary in place of its older messages.
    public struct Compaction: JSONReadable, Hashable, Sendable {
        /// The identity of the thread.
        public let threadID: String?
        /// The identity of the message with the summary.
        public let summaryMessageID: String?
        /// The identity of the last message that the summary stands for.
        public let cleanedUpThroughID: String?
        /// The identity of the message that was one too many.
        public let triggeringMessageID: String?

        init(_ value: JSONValue, at path: JSONPath) {
            let object = value.object
            self.threadID = object?["thread_id"]?.identifier
            self.summaryMessageID = object?["summary_conversation_id"]?.identifier
            self.cleanedUpThroughID = object?["cleanup_through_id"]?.identifier
            self.triggeringMessageID = object?["trigger_conversation_id"]?.identifier
        }
    }
}
