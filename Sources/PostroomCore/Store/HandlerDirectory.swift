/// The handlers that the database knows, of every program that shares the inbox, at one version.
public struct HandlerDirectory: Sendable {
    /// One handler.
    public struct Entry: Hashable, Sendable {
        /// Its name.
        public let name: HandlerName
        /// The patterns that its newest program registered.
        public let patterns: [EventPattern]
        /// The time at which it was first recorded.
        ///
        /// It receives the deliveries accepted after that.
        public let recordedAt: Timestamp
        /// The last batch before it was recorded; `nil` where only the time is known.
        ///
        /// It receives the deliveries of later batches even where the time says otherwise: a commit may have been on its
        /// way, or the server's clock may have stepped back.
        public let afterBatch: BatchID?
        /// `true` where a person paused it: its jobs wait in `retry`.
        public let isPaused: Bool
        /// The name under which it was first recorded: a rename changes ``name`` and not this one.
        public let originalName: HandlerName
        /// The names that it had before: a worker whose handler has one of them works for ``name``.
        public let formerNames: [HandlerName]
        /// `true` where its jobs have an order.
        public let isOrdered: Bool
        /// `true` where its jobs have an order, or had one once, so that some with a key may be left.
        public let mayHaveKeys: Bool

        /// Describes a handler.
        public init(
            name: HandlerName,
            patterns: [EventPattern],
            recordedAt: Timestamp,
            afterBatch: BatchID? = nil,
            isPaused: Bool,
            originalName: HandlerName? = nil,
            formerNames: [HandlerName] = [],
            isOrdered: Bool = false,
            mayHaveKeys: Bool = false
        ) {
            self.name = name
            self.patterns = patterns
            self.recordedAt = recordedAt
            self.afterBatch = afterBatch
            self.isPaused = isPaused
            self.originalName = originalName ?? name
            self.formerNames = formerNames
            self.isOrdered = isOrdered
            self.mayHaveKeys = mayHaveKeys || isOrdered
        }

        /// Tells by time or by number whether a delivery was accepted after it was recorded.
        private func isRecorded(before delivery: Delivery) -> Bool {
            delivery.receivedAt >= recordedAt || afterBatch.map { delivery.id.batch > $0 } ?? false
        }

        /// Tells whether a delivery is for it.
        public func wants(_ delivery: Delivery) -> Bool {
            isRecorded(before: delivery) && delivery.source != .unverified
                && patterns.contains { $0.matches(delivery) }
        }
    }

    /// The version; every change of a handler, a subscription or a pause raises it.
    public let version: Int64
    /// The handlers that are not removed, by name.
    public let entries: [Entry]

    /// Describes the directory.
    public init(version: Int64, entries: [Entry]) {
        self.version = version
        self.entries = entries
    }
}

/// The registration of a worker at its start.
public struct WorkerRegistration: Sendable {
    /// The name of the process for people who read `status`, for example host name and process number.
    public let label: String
    /// Its handlers and their subscriptions.
    public let handlers: [(name: HandlerName, patterns: [EventPattern])]
    /// The limits of those handlers that have some, recorded for people to see.
    public let limits: [HandlerName: HandlerLimits]
    /// The former names of its handlers, each with the name that it has in this program.
    public let renamings: [(former: HandlerName, name: HandlerName)]
    /// The orders of those handlers that have one.
    public let orders: [HandlerName: HandlerOrder]
    /// The kinds of those that are not written in code, for people.
    package var kinds: [HandlerName: HandlerKind] = [:]

    /// Describes a worker.
    public init(
        label: String,
        handlers: [(name: HandlerName, patterns: [EventPattern])],
        limits: [HandlerName: HandlerLimits] = [:],
        renamings: [(former: HandlerName, name: HandlerName)] = [],
        orders: [HandlerName: HandlerOrder] = [:]
    ) {
        self.label = label
        self.handlers = handlers
        self.limits = limits
        self.renamings = renamings
        self.orders = orders
    }
}
