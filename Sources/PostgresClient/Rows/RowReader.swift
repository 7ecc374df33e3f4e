import CLibPQ

/// Reads the columns of one row in order.
///
/// It borrows the row, so it cannot be copied or kept.
public struct RowReader: ~Copyable {
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

    /// How many rows there are.
    @usableFromInline var rowCount: Int { result.rowCount }

    /// Reads the next column.
    ///
    /// - Parameter decode: Makes a value of its bytes, or `nil` if they are no such value.
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, or where `decode` returns `nil`.
    mutating func next<V>(
        _ decode: (UnsafeRawBufferPointer) -> V?
    ) throws(PostgresError) -> V {
        guard let value = try nextOptional(decode) else { throw failure("is NULL", column - 1) }
        return value
    }

    /// Reads the next column.
    ///
    /// - Parameter decode: Makes a value of its bytes, or `nil` if they are no such value.
    /// - Returns: The value, or `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` where `decode` returns `nil`.
    mutating func nextOptional<V>(
        _ decode: (UnsafeRawBufferPointer) -> V?
    ) throws(PostgresError) -> V? {
        let index = column
        column += 1
        guard index < PQnfields(result.pointer) else { throw failure("does not exist", index) }
        guard PQgetisnull(result.pointer, row, index) == 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result.pointer, row, index),
            count: Int(PQgetlength(result.pointer, row, index))
        )
        guard let value = decode(bytes) else { throw failure("cannot be read as \(V.self)", index) }
        return value
    }

    private func failure(_ what: String, _ index: Int32) -> PostgresError {
        let name = columns.indices.contains(Int(index)) ? columns[Int(index)].name : "number \(index + 1)"
        var error = PostgresError(
            .decoding,
            "column \(name) of row \(row + 1) \(what)",
            statement: statement,
            isSafeToRetry: false
        )
        error.column = name
        return error
    }
}
