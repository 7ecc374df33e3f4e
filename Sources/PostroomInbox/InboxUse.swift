import PostgresClient
package import PostroomCore

/// The use that a serving process makes of its inbox, which decides the connections that it can't be without.
///
/// Maintenance is no use of its own: a process whose maintenance is slow, or has lost its connection, receives and works
/// as well as any other.
package struct InboxUse: OptionSet, Hashable, Sendable {
    /// The uses as bits.
    package let rawValue: Int

    /// Combines uses by their bits.
    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Deliveries are committed.
    package static let receiving = InboxUse(rawValue: 1)
    /// Deliveries are claimed and settled, and the worker keeps its lease.
    package static let working = InboxUse(rawValue: 2)
}

extension Inbox {
    /// Tells at once why a use has no connection; `nil` where each has one.
    package func connectionFailure(for use: InboxUse) -> String? {
        failure(of: pools(for: use))
    }

    /// Waits until each use has a connection.
    ///
    /// - Throws: `CancellationError`.
    package func waitUntilConnected(for use: InboxUse) async throws {
        for pool in pools(for: use) {
            try await pool.waitUntilConnected()
        }
    }

    /// Tells whether the schema fits this program, over a connection that the use needs anyway: slow maintenance does
    /// not delay it, and a server that has frozen is found out by it.
    ///
    /// - Returns: The schema's state.
    /// - Throws: ``QueueError`` where the database can't be asked.
    package func schemaState(for use: InboxUse) async throws(QueueError) -> SchemaState {
        try await schemaState(over: use.contains(.receiving) ? intake : lease)
    }

    private func pools(for use: InboxUse) -> [PostgresPool] {
        (use.contains(.receiving) ? [intake] : []) + (use.contains(.working) ? [dispatch, lease] : [])
    }
}
