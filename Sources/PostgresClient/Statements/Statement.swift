/// A statement of SQL with typed parameters and rows.
///
/// A connection prepares it once under its name, and checks then that the result has the declared columns; decoding
/// relies on that.
@usableFromInline
package protocol Statement: Sendable {
    /// The value that one row decodes to.
    associatedtype Row: Sendable

    /// The name, unique among the statements of a program; it appears in errors and on the server.
    static var name: String { get }
    /// The SQL text: one statement, parameters as `$1`, `$2`.
    static var sql: String { get }
    /// The types of the parameters, in order.
    static var parameterTypes: [PostgresType] { get }
    /// The columns of the result, in order; empty where it has none.
    static var columns: [PostgresColumn] { get }

    /// Writes the parameters in the order of ``parameterTypes``.
    ///
    /// - Parameter parameters: The parameters to write to.
    func encode(into parameters: inout ParameterWriter)

    /// Reads one row in the order of ``columns``.
    ///
    /// - Parameter row: The row to read.
    /// - Returns: The decoded row.
    /// - Throws: ``PostgresError`` where a value is not what was expected. The statement has been committed even so.
    static func decode(_ row: inout RowReader) throws(PostgresError) -> Row
}

/// The unchanging part of a statement.
struct StatementDescription: Sendable {
    let key: ObjectIdentifier
    let name: String
    let sql: String
    let parameterTypes: [PostgresType]
    let columns: [PostgresColumn]
}

extension StatementDescription {
    init<S: Statement>(of statement: S.Type) {
        self.init(
            key: ObjectIdentifier(statement),
            name: S.name,
            sql: S.sql,
            parameterTypes: S.parameterTypes,
            columns: S.columns
        )
    }
}
