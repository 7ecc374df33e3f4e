import CLibPQ

/// A reader of the columns of one row, in order.
///
/// It borrows the row, so it cannot be copied or kept.
@usableFromInline
package struct RowReader: ~Copyable {
    private let result: QueryResult
    private let statement: String
    private let columns: [PostgresColumn]
    private var row: Int32 = -1
    private var column: Int32 = 0

    init(_ result: QueryResult, statement: String, columns: [PostgresColumn]) {
        self.result = result
        self.statement = statement
        self.columns = columns
    }

    /// Goes to the next row.
    ///
    /// - Returns: `false` after the last one.
    @usableFromInline
    mutating func advance() -> Bool {
        row += 1
        column = 0
        return row < PQntuples(result.pointer)
    }

    /// The number of rows.
    @usableFromInline var rowCount: Int { result.rowCount }

    /// Reads the next column.
    ///
    /// - Parameter type: The type of the value; an optional one for a column that may be NULL.
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, where the type takes none, and for bytes that are no such value.
    @inlinable
    package mutating func read<V: PostgresValue>(_ type: V.Type = V.self) throws(PostgresError) -> V {
        guard let bytes = try nextBytes() else {
            guard let null = V.postgresNull else { throw mismatch(with: nil) }
            return null
        }
        guard let value = V(postgresBytes: bytes) else { throw mismatch(with: V.self) }
        return value
    }

    /// The bytes of the next column, which live as long as the result does; `nil` for NULL.
    @usableFromInline
    mutating func nextBytes() throws(PostgresError) -> UnsafeRawBufferPointer? {
        let index = column
        column += 1
        guard index < PQnfields(result.pointer) else { throw failure("does not exist") }
        guard PQgetisnull(result.pointer, row, index) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result.pointer, row, index),
            count: Int(PQgetlength(result.pointer, row, index))
        )
    }

    /// Makes the error of the column that was read last, which is NULL where there is no type.
    @usableFromInline
    func mismatch(with type: Any.Type?) -> PostgresError {
        failure(type.map { "cannot be read as \($0)" } ?? "is NULL")
    }

    private func failure(_ problem: String) -> PostgresError {
        let index = Int(column) - 1
        let name = columns.indices.contains(index) ? columns[index].name : "number \(index + 1)"
        var error = PostgresError(
            .decoding,
            "column \(name) of row \(row + 1) \(problem)",
            statement: statement,
            isSafeToRetry: false
        )
        error.column = name
        return error
    }
}
