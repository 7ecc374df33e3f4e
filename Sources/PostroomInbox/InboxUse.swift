import PostgresClient
public import PostroomCore

/// What a serving process does with its inbox, and so which connections it can't be without.
///
/// Maintenance is no use of its own: a process whose maintenance is slow, or has lost its connection, receives and works
/// as well as any other.
public struct InboxUse: OptionSet, Hashable, Sendable {
    /// The uses as bits.
    public let rawValue: Int

    /// Combines uses by their bits.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Deliveries are committed.
    public static let receiving = InboxUse(rawValue: 1)
    /// Deliveries are claimed and settled, and the worker keeps its lease.
    public static let working = InboxUse(rawValue: 2)
}

extension Inbox {
    /// Why a use has no connection, or `nil` where each has one; known at once.
    public func connectionFailure(for use: InboxUse) -> String? {
        failure(of: pools(for: use))
    }

    /// Waits until each use has a connection.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilConnected(for use: InboxUse) async throws {
        for pool in pools(for: use) {
            try await pool.waitUntilConnected()
        }
    }

    /// Tells whether the schema fits this program, over a connection that the use needs anyway: slow maintenance does
    /// not delay it, and a server that has frozen is found out by it.
    ///
    /// - Returns: The schema's state.
    /// - Throws: ``QueueError`` where the database can't be asked.
    public func schemaState(for use: InboxUse) async throws(QueueError) -> SchemaState {
        try await schemaState(over: use.contains(.receiving) ? intake : lease)
    }

    private func pools(for use: InboxUse) -> [PostgresPool] {
        (use.contains(.receiving) ? [intake] : []) + (use.contains(.working) ? [dispatch, lease] : [])
    }
}
