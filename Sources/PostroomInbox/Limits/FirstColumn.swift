import PostgresClient

/// A statement of whose rows only the first column, an `int8`, is read.
struct FirstColumn<Base: BundledStatement>: Statement {
    static var name: String { Base.name }
    static var sql: String { Base.sql }
    static var parameterTypes: [PostgresType] { Base.parameterTypes }
    static var columns: [PostgresColumn] { Base.columns }

    let base: Base

    init(of base: Base) {
        self.base = base
    }

    func encode(into parameters: inout ParameterWriter) {
        base.encode(into: &parameters)
    }

    static func decode(_ row: inout RowReader) throws(PostgresError) -> Int64 {
        try row.int8()
    }
}
