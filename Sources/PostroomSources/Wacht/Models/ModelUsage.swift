public import FoundationEssentials
import PostroomCore

extension Wacht {
    /// What one call of a model used.
    public struct ModelUsage: JSONObjectReadable, Hashable, Sendable {
        /// The model, for example `gemini-2.5-flash`.
        public let model: String?
        /// Whether the deployment pays the model's provider itself.
        public let isOwnKey: Bool?
        /// The identity of the thread: a 64-bit number in decimal. (`context_id` in older versions.)
        public let threadID: String?
        /// The identity of the actor that the agent worked for, null where there is none.
        public let actorID: Field<String>
        /// The group of the thread; only older versions tell it.
        public let contextGroup: String?
        /// When the model was called, by Wacht's clock.
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
        /// What the input cost, in cents; only older versions tell it.
        public let inputCostCents: Double?
        /// What the output cost, in cents; only older versions tell it.
        public let outputCostCents: Double?
        /// What the searches cost, in cents; only older versions tell it.
        public let searchQueryCostCents: Double?
        /// What it all cost, in cents; only older versions tell it.
        public let totalCostCents: Double?

        init(_ json: JSONReader) {
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
}
