import CPostgres
import Dispatch
import Postroom
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A few connections to Postgres, as small as a pool can be: each statement goes to the next connection in turn.
final class ConnectionPool: Service {
    private let connections: [Connection]
    private let turn = Atomic(0)

    private init(_ connections: [Connection]) {
        self.connections = connections
    }

    /// Opens all connections.
    ///
    /// - Throws: ``DatabaseError`` where one can't be opened.
    static func open(_ connectionString: String, connections count: Int) async throws -> ConnectionPool {
        var connections: [Connection] = []
        for _ in 0..<count {
            connections.append(try await Connection.open(connectionString))
        }
        return ConnectionPool(connections)
    }

    /// Runs a statement.
    ///
    /// - Throws: ``DatabaseError`` with what the server said.
    func execute(_ sql: String, _ parameters: [String] = []) async throws {
        let place = turn.wrappingAdd(1, ordering: .relaxed).newValue
        try await connections[place % connections.count].execute(sql, parameters)
    }

    /// Keeps the connections until the program shuts down, and closes them then: the last attempt has ended by that time.
    func run() async throws {
        try? await gracefulShutdown()
        for connection in connections {
            await connection.close()
        }
    }
}

/// One connection, whose calls block a thread of its own and none of the others'.
///
/// It is `Sendable` because its pointer is touched on its queue only.
private final class Connection: @unchecked Sendable {
    private let queue = DispatchQueue(label: "ledger.connection")
    private var handle: OpaquePointer?

    static func open(_ connectionString: String) async throws -> Connection {
        let connection = Connection()
        try await connection.onQueue { connection in
            connection.handle = PQconnectdb(connectionString)
            guard PQstatus(connection.handle) == CONNECTION_OK else {
                throw DatabaseError(description: connection.message)
            }
        }
        return connection
    }

    func execute(_ sql: String, _ parameters: [String]) async throws {
        try await onQueue { connection in
            let values = parameters.map { strdup($0) }
            defer { values.forEach { free($0) } }
            let result = PQexecParams(
                connection.handle,
                sql,
                Int32(values.count),
                nil,
                values.map { UnsafePointer($0) },
                nil,
                nil,
                0
            )
            defer { PQclear(result) }
            guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
                throw DatabaseError(description: connection.message)
            }
        }
    }

    func close() async {
        try? await onQueue { connection in
            PQfinish(connection.handle)
            connection.handle = nil
        }
    }

    private var message: String {
        String(cString: PQerrorMessage(handle))
    }

    private func onQueue(_ work: @escaping @Sendable (Connection) throws -> Void) async throws {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                continuation.resume(with: Result { try work(self) })
            }
        }
    }
}

/// The words of the database about what failed.
struct DatabaseError: Error, CustomStringConvertible {
    let description: String
}

/// The environment of the process.
enum ProgramEnvironment {
    /// A variable, or `nil` where it is not set.
    static func text(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
