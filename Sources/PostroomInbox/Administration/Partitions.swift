import PostgresClient
public import PostroomCore

/// The reach of the partitions ahead, and the right of this role to make them.
public struct PartitionOutlook: Hashable, Sendable {
    /// The number of days after today for which every table has its partition, -1 where today's is missing.
    ///
    /// What comes on a day without one is kept in a default partition, which grows until somebody makes them.
    public let daysAhead: Int
    /// Whether this role may make partitions and drop expired ones.
    public let isAllowed: Bool
    /// The role.
    public let role: String
    /// The schema of the inbox.
    public let schema: SchemaName

    /// Describes an outlook.
    public init(daysAhead: Int, isAllowed: Bool, role: String, schema: SchemaName = .standard) {
        self.daysAhead = daysAhead
        self.isAllowed = isAllowed
        self.role = role
        self.schema = schema
    }

    /// What to do where this role may not make partitions.
    public var advice: String {
        "as the schema's owner, run SELECT \(schema).allow_serving('\(role)'), or serve somewhere with a role that may"
    }
}

extension Inbox {
    /// Reads how far ahead partitions are made.
    ///
    /// - Returns: The outlook.
    /// - Throws: ``PostroomCore/QueueError``.
    public func partitionOutlook() async throws(QueueError) -> PartitionOutlook {
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
