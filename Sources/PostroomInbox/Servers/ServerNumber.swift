import PostgresClient
package import PostroomCore

/// The number of a server among several inboxes, each a whole one on a Postgres of its own: its place in the configuration,
/// from 0, and what its ids begin with.
package enum ServerNumber {
    /// The most servers; beyond that ids would not be exact in readers that take numbers for floating point.
    package static let most = 32

    /// The server on which a delivery is.
    package static func of(_ delivery: DeliveryID) -> Int {
        Int(delivery.rawValue >> 48)
    }

    /// The server on which a dead letter, a replay or a worker with that id is.
    package static func of(id: Int64) -> Int {
        Int(id >> 40)
    }
}

extension InboxConfiguration {
    /// A place in the list of servers that is left empty, so that those after it keep their numbers.
    package static let retired = "retired"

    /// One configuration for each server that is not retired, with its number; itself where it is the only one.
    package var places: [InboxConfiguration] {
        guard !servers.isEmpty else { return [self] }
        return servers.indices.filter { servers[$0] != Self.retired }
            .map { place in
                var configuration = self
                configuration.connectionString = servers[place]
                configuration.number = place
                configuration.servers = []
                configuration.draining = draining.filter { $0 == place }
                return configuration
            }
    }

    /// The name of the server for people; `nil` where it is the only one.
    package var place: String? {
        number.map { "server \($0)" }
    }
}

/// The row by which a server knows its number.
package struct ServerRecord: Hashable, Sendable {
    /// The number.
    package let number: Int
    /// The time at which it joined the others, by the clock of the program that gave it its number; `nil` where it was there
    /// from the beginning.
    package let joinedAt: Timestamp?

    /// Reads the row through any way to run a query; `nil` where there is none.
    static func read(
        _ schema: SchemaName,
        query: (String) async throws(PostgresError) -> [[String?]]
    ) async throws(PostgresError) -> ServerRecord? {
        let exists = try await query("SELECT to_regclass('\"\(schema)\".server') IS NOT NULL")
        guard exists.first?.first == "t" else { return nil }
        let rows = try await query(
            """
            SELECT number, ((extract(epoch FROM joined_at) - 946684800) * 1000000)::bigint
            FROM "\(schema)".server
            """
        )
        guard let row = rows.first, row.count == 2, let number = row[0].flatMap({ Int($0) }) else { return nil }
        return ServerRecord(
            number: number,
            joinedAt: row[1].flatMap { Int64($0) }.map(Timestamp.init(rawValue:))
        )
    }
}

extension Inbox {
    /// The number of its server among several; `nil` where it is the only one.
    package var number: Int? {
        configuration.number
    }

    /// The name of its server for people; `nil` where it is the only one.
    package var place: String? {
        configuration.place
    }
}
