import PostroomCore

extension Anthropic {
    /// A memory store came to be.
    public struct MemoryStoreCreated: AnthropicMemoryStoreEvent {
        /// `memory_store.created`.
        public static let eventTypes = ["memory_store.created"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the memory store.
        public let storeID: String
    }

    /// A memory store was archived.
    public struct MemoryStoreArchived: AnthropicMemoryStoreEvent {
        /// `memory_store.archived`.
        public static let eventTypes = ["memory_store.archived"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the memory store.
        public let storeID: String
    }

    /// A memory store was deleted.
    ///
    /// It is the last word on the memory store, and may overtake the events before it.
    public struct MemoryStoreDeleted: AnthropicMemoryStoreEvent {
        /// `memory_store.deleted`.
        public static let eventTypes = ["memory_store.deleted"]

        /// What every event says.
        public let notice: Notice
        /// The identity of the memory store.
        public let storeID: String
    }
}
