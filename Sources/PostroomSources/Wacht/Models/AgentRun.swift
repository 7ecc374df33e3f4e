public import FoundationEssentials
public import PostroomCore

extension Wacht {
    /// A call of a hook: a program of the deployment that an agent runs at certain points.
    public struct HookRun: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the agent: a 64-bit number in decimal.
        public let agentID: String?
        /// The identity of the deployment.
        public let deploymentID: String?
        /// The identity of the thread.
        public let threadID: String?
        /// The identity of the run that the hook was called in.
        public let executionRunID: String?
        /// The point at which it was called, for example `before_tool`.
        public let kind: String?
        /// The outcome, for example `succeeded`; the event's type states it too.
        public let status: String?
        /// The tool, where the hook belongs to a call of one.
        public let toolName: String?
        /// The number of the run's step, from 0.
        public let stepIndex: Int?
        /// The time of the call, by Wacht's clock.
        public let timestamp: Date?
        /// The input of the hook.
        public let input: RawJSON?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.agentID = json.optionalID("agent_id")
            self.deploymentID = json.optionalID("deployment_id")
            self.threadID = json.optionalID("thread_id")
            self.executionRunID = json.optionalID("execution_run_id")
            self.kind = json.optional("hook_kind")
            self.status = json.optional("status")
            self.toolName = json.optional("tool_name")
            self.stepIndex = json.optional("step_index")
            self.timestamp = json.optional("timestamp")
            self.input = json.optional("input")
        }
    }

    /// The tokens, searches and costs of one call of a model.
    public struct ModelUsage: JSONObjectReadable, Hashable, Sendable {
        /// The model, for example `gemini-2.5-flash`.
        public let model: String?
        /// `true` if the deployment pays the model's provider itself.
        public let isOwnKey: Bool?
        /// The identity of the thread: a 64-bit number in decimal. (`context_id` in older versions.)
        public let threadID: String?
        /// The identity of the actor that the agent worked for, null where there is none.
        public let actorID: Field<String>
        /// The group of the thread; only older versions tell it.
        public let contextGroup: String?
        /// The time of the call, by Wacht's clock.
        public let timestamp: Date?
        /// The tokens that went in.
        public let inputTokens: Int?
        /// Those of them that came from a cache.
        public let cachedTokens: Int?
        /// The tokens that came out.
        public let outputTokens: Int?
        /// The tokens that went in, as the model's provider counts.
        public let promptTokens: Int?
        /// The tokens that came out, as the provider counts.
        public let candidateTokens: Int?
        /// All tokens, as the provider counts.
        public let totalTokens: Int?
        /// The tokens from a cache, as the provider counts.
        public let cachedContentTokens: Int?
        /// The tokens that were put into a cache.
        public let cacheWriteTokens: Int?
        /// The tokens that the model thought in.
        public let thoughtTokens: Int?
        /// The searches that the model made.
        public let searchQueries: Int?
        /// Those of them that differ.
        public let uniqueSearchQueries: Int?
        /// The cost of the input, in cents; only older versions send it.
        public let inputCostCents: Double?
        /// The cost of the output, in cents; only older versions send it.
        public let outputCostCents: Double?
        /// The cost of the searches, in cents; only older versions send it.
        public let searchQueryCostCents: Double?
        /// The cost of it all, in cents; only older versions send it.
        public let totalCostCents: Double?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.model = json.optional("model")
            self.isOwnKey = json.optional("is_byok")
            self.threadID = json.optionalID(json.has("thread_id") ? "thread_id" : "context_id")
            self.actorID = json.idField("actor_id")
            self.contextGroup = json.optional("context_group")
            self.timestamp = json.optional("timestamp")
            self.inputTokens = json.optional("input_tokens")
            self.cachedTokens = json.optional("cached_tokens")
            self.outputTokens = json.optional("output_tokens")
            self.promptTokens = json.optional("prompt_token_count")
            self.candidateTokens = json.optional("candidates_token_count")
            self.totalTokens = json.optional("total_token_count")
            self.cachedContentTokens = json.optional("cached_content_token_count")
            self.cacheWriteTokens = json.optional("cache_write_token_count")
            self.thoughtTokens = json.optional("thoughts_token_count")
            self.searchQueries = json.optional("search_query_count")
            self.uniqueSearchQueries = json.optional("search_query_unique_count")
            self.inputCostCents = json.optional("input_cost_cents")
            self.outputCostCents = json.optional("output_cost_cents")
            self.searchQueryCostCents = json.optional("search_query_cost_cents")
            self.totalCostCents = json.optional("total_cost_cents")
        }
    }

    /// An event in a thread.
    public struct PlatformEvent: JSONObjectReadable, Hashable, Sendable {
        /// The name of it, for example `conversation_compacted`; tools' makers choose their own.
        public let label: String
        /// The data of the event: any JSON.
        public let data: RawJSON?
        /// The compaction of a conversation, where the event is one.
        public let compaction: Compaction?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.label = try json.value("event_label")
            self.data = json.optional("event_data")
            self.compaction = label == "conversation_compacted" ? json.optional("event_data") : nil
        }
    }

    /// The compaction of a conversation: a summary in place of its older messages.
    public struct Compaction: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the thread.
        public let threadID: String?
        /// The identity of the message with the summary.
        public let summaryMessageID: String?
        /// The identity of the last message that the summary stands for.
        public let cleanedUpThroughID: String?
        /// The identity of the message that was one too many.
        public let triggeringMessageID: String?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.threadID = json.optionalID("thread_id")
            self.summaryMessageID = json.optionalID("summary_conversation_id")
            self.cleanedUpThroughID = json.optionalID("cleanup_through_id")
            self.triggeringMessageID = json.optionalID("trigger_conversation_id")
        }
    }
}
