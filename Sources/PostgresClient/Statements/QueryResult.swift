import CLibPQ

/// A result of libpq, freed with its last reference.
///
/// `@unchecked Sendable`: a PGresult is read-only once made, and libpq allows reading it on any thread.
final class QueryResult: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes a result over.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }
    /// The number of rows that the command inserted, updated, deleted or read; 0 where it says none.
    var changeCount: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    func type(ofColumn column: Int) -> PostgresType {
        PostgresType(rawValue: PQftype(pointer, Int32(column)))
    }

    /// A field of an error or notice.
    func field(_ code: Int32) -> String? {
        PQresultErrorField(pointer, code).map { String(cString: $0) }
    }

    /// The error if the columns are not those a statement declares.
    func mismatch(with statement: StatementDescription) -> PostgresError? {
        let declared = statement.columns
        let actual = (0..<columnCount).map { type(ofColumn: $0) }
        if declared.isEmpty, actual == [.void] { return nil }
        guard declared.count == actual.count else {
            return PostgresError(
                .columns,
                "the result has \(actual.count) columns, the statement declares \(declared.count)",
                statement: statement.name,
                isSafeToRetry: true
            )
        }
        for (column, type) in zip(declared, actual) where !column.type.reads(type) && (column.type.isKnown) {
            var error = PostgresError(
                .columns,
                "column \(column.name) has type \(type), the statement declares \(column.type)",
                statement: statement.name,
                isSafeToRetry: true
            )
            error.column = column.name
            return error
        }
        return nil
    }

    /// The rows as text, for results asked for in text form.
    func textRows() -> [[String?]] {
        (0..<rowCount)
            .map { row in
                (0..<columnCount)
                    .map { column in
                        guard PQgetisnull(pointer, Int32(row), Int32(column)) == 0 else { return nil }
                        return PQgetvalue(pointer, Int32(row), Int32(column)).map { String(cString: $0) }
                    }
            }
    }
}
