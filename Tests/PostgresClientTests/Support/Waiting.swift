import PostgresClient
import Testing

/// Looks again and again until a condition holds that no signal announces; fails the test after half a minute.
func eventually(_ condition: () async throws -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        try #require(.now < limit, "the condition does not come to hold")
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Returns its number once nobody holds the gate's advisory lock.
struct Gate: Statement {
    static let name = "gate"
    static let sql = "SELECT $1 FROM (SELECT pg_advisory_xact_lock_shared($2)) AS gate"
    static let parameterTypes: [PostgresType] = [.int8, .int8]
    static let columns = [PostgresColumn(name: "number", type: .int8)]
    var number: Int64
    var gate: Int64

    func encode(into parameters: inout ParameterWriter) {
        parameters.write(number)
        parameters.write(gate)
    }

    static func decode(_ row: inout RowReader) throws(PostgresError) -> Int64 { try row.read() }

    /// Closes the gate, until the connection opens it or ends.
    static func close(_ gate: Int64, on connection: PostgresConnection) async throws {
        _ = try await connection.query("SELECT pg_advisory_lock(\(gate))")
    }

    /// Opens the gate.
    static func open(_ gate: Int64, on connection: PostgresConnection) async throws {
        _ = try await connection.query("SELECT pg_advisory_unlock(\(gate))")
    }
}
