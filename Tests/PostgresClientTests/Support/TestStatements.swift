import PostgresClient

/// Returns its number after a pause.
struct Echo: Statement {
    static let name = "echo"
    static let sql = "SELECT $1::int8 FROM (SELECT pg_sleep($2)) AS pause"
    static let parameterTypes: [PostgresType] = [.int8, .float8]
    static let columns = [PostgresColumn(name: "number", type: .int8)]
    var number: Int64
    var pause = 0.0

    func encode(into parameters: inout ParameterWriter) {
        parameters.write(number)
        parameters.write(pause)
    }

    static func decode(_ row: inout RowReader) throws(PostgresError) -> Int64 {
        try row.read()
    }
}

/// Divides 100 by a number; by 0 it fails.
struct Divide: Statement {
    static let name = "divide"
    static let sql = "SELECT 100 / $1"
    static let parameterTypes: [PostgresType] = [.int4]
    static let columns = [PostgresColumn(name: "quotient", type: .int4)]
    var divisor: Int32

    func encode(into parameters: inout ParameterWriter) { parameters.write(divisor) }
    static func decode(_ row: inout RowReader) throws(PostgresError) -> Int32 { try row.read() }
}

/// A table that a test has for itself, by its tag.
protocol TestTable {
    static var tag: String { get }
}

/// Inserts a number into the test's table.
struct Insert<Table: TestTable>: Statement {
    static var name: String { "insert_\(Table.tag)" }
    static var sql: String { "INSERT INTO test_\(Table.tag) (number) VALUES ($1)" }
    static var parameterTypes: [PostgresType] { [.int8] }
    static var columns: [PostgresColumn] { [] }
    var number: Int64

    func encode(into parameters: inout ParameterWriter) { parameters.write(number) }
    static func decode(_ row: inout RowReader) throws(PostgresError) {}
}

/// Reads the test's table in order.
struct Numbers<Table: TestTable>: Statement {
    static var name: String { "numbers_\(Table.tag)" }
    static var sql: String { "SELECT number FROM test_\(Table.tag) ORDER BY number" }
    static var parameterTypes: [PostgresType] { [] }
    static var columns: [PostgresColumn] { [PostgresColumn(name: "number", type: .int8)] }

    func encode(into parameters: inout ParameterWriter) {}
    static func decode(_ row: inout RowReader) throws(PostgresError) -> Int64 { try row.read() }
}

extension PostgresConnection {
    /// Makes the test's table anew.
    func make<Table: TestTable>(_ table: Table.Type) async throws {
        try await run(
            script: "DROP TABLE IF EXISTS test_\(Table.tag); CREATE TABLE test_\(Table.tag) (number int8 UNIQUE)"
        )
    }
}
