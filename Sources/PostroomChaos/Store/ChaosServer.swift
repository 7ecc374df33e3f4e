import PostroomCore
import PostroomInbox
import PrivatePostgres

/// A server of a run, with an inbox of its own.
struct ChaosServer: Sendable {
    let database: Database
    /// The process, where it is the run's own.
    let server: PrivatePostgres?
    /// The proxy on the nodes' way to it; `nil` where they reach it directly.
    let proxy: FaultProxy?

    /// The connection string by which nodes reach it.
    var nodesReach: String {
        database.connectionString + (proxy.map { " \($0.connectionString) sslmode=disable" } ?? "")
    }
}

extension [ChaosServer] {
    /// The server that a delivery is on.
    func holder(of delivery: DeliveryID) -> ChaosServer? {
        guard count > 1 else { return first }
        let number = ServerNumber.of(delivery)
        return indices.contains(number) ? self[number] : nil
    }

    /// Runs a query on each server, and joins the rows.
    ///
    /// - Throws: The first error.
    func query(_ sql: (Database) -> String) async throws -> [[String?]] {
        var rows: [[String?]] = []
        for server in self {
            rows += try await server.database.query(sql(server.database))
        }
        return rows
    }

    /// Runs a query of one number on each server; `nil` where one is away.
    func numbers(_ sql: (Database) -> String) async -> [Int]? {
        guard let rows = try? await query(sql) else { return nil }
        let numbers = rows.compactMap { row in row.first.flatMap(\.self).flatMap { Int($0) } }
        return numbers.count == count ? numbers : nil
    }
}
