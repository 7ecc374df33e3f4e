import PostgresClient
package import PostroomCore

/// The reach of the partitions ahead, and the right of this role to make them.
package struct PartitionOutlook: Hashable, Sendable {
    /// The number of days after today for which every table has its partition, -1 where today's is missing.
    ///
    /// Deliveries of a day without one are kept in a default partition, which grows until somebody makes them.
    package let daysAhead: Int
    /// True if this role may make partitions and drop expired ones.
    package let isAllowed: Bool
    /// The role.
    package let role: String
    /// The schema of the inbox.
    package let schema: SchemaName

    /// Describes an outlook.
    package init(daysAhead: Int, isAllowed: Bool, role: String, schema: SchemaName = .standard) {
        self.daysAhead = daysAhead
        self.isAllowed = isAllowed
        self.role = role
        self.schema = schema
    }

    /// The remedy where this role may not make partitions.
    package var advice: String {
        "as the schema's owner, run SELECT \(schema).allow_serving('\(role)'), or serve somewhere with a role that may"
    }
}

extension Inbox {
    /// Reads the number of days for which there are partitions.
    ///
    /// - Returns: The outlook.
    /// - Throws: ``PostroomCore/QueueError``.
    package func partitionOutlook() async throws(QueueError) -> PartitionOutlook {
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await maintenance.execute(PartitionRead())
        }
        guard let row = rows.first else {
            throw QueueError(kind: .rejected, description: "partition_read returned no row")
        }
        return PartitionOutlook(
            daysAhead: Int(row.daysAhead),
            isAllowed: row.isAllowed,
            role: row.role,
            schema: configuration.schema
        )
    }
}
