import Testing

@testable import PostgresClient

/// A value on its way through the server: written as parameter `$1`, read back in binary form and as text.
struct RoundTrip: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let check: @Sendable (PostgresConnection) async throws -> Void

    /// - Parameters:
    ///   - type: The parameter's type.
    ///   - value: The value.
    ///   - text: How the server shows it, `nil` for NULL.
    ///   - show: The SQL that shows it.
    ///   - write: Writes the value.
    ///   - read: Reads it back.
    init<V: Equatable & Sendable>(
        _ type: PostgresType,
        _ value: V,
        _ text: String?,
        show: String = "$1::text",
        write: @escaping @Sendable (inout ParameterWriter, V) -> Void,
        read: @escaping @Sendable (inout RowReader) throws -> V
    ) {
        testDescription = "\(type) \(text?.prefix(40) ?? "NULL")"
        check = { connection in
            let echo = StatementDescription(
                key: ObjectIdentifier(PostgresConnection.self),
                name: "round_trip",
                sql: "SELECT $1, \(show)::text",
                parameterTypes: [type],
                columns: [PostgresColumn(name: "value", type: type), PostgresColumn(name: "text", type: .text)]
            )
            var parameters = ParameterWriter()
            write(&parameters, value)
            var request = PostgresRequest()
            try request.add(echo, parameters)
            let reply = try await connection.perform(request)
            var row = RowReader(reply.results[0], statement: echo.name, columns: echo.columns)
            let hasRow = row.advance()
            #expect(hasRow)
            let back = try read(&row)
            #expect(back == value)
            let shown = try row.optionalText()
            #expect(shown == text)
        }
    }
}
