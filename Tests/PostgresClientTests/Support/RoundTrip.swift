import Testing

@testable import PostgresClient

/// A domain type that wraps a raw value in its own form.
struct Label: RawRepresentable, Hashable, Sendable, PostgresValue {
    let rawValue: String
}

/// A domain type that wraps a raw value and has a type of its own: microseconds since 2000-01-01 00:00 UTC.
struct Moment: RawRepresentable, Hashable, Sendable, PostgresValue {
    static let postgresType = PostgresType.timestamptz
    let rawValue: Int64
}

/// A domain type that takes some raw values only.
enum Direction: String, Sendable, PostgresValue {
    case north, south
}

/// A value on its way through the server: written as parameter `$1`, read back in binary form and as text.
struct RoundTrip: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let check: @Sendable (PostgresConnection) async throws -> Void

    /// - Parameters:
    ///   - type: The parameter's type.
    ///   - value: The value.
    ///   - text: The form in which the server shows it, `nil` for NULL.
    ///   - show: The SQL that shows it.
    init<V: PostgresValue & Equatable & Sendable>(
        _ type: PostgresType,
        _ value: V,
        _ text: String?,
        show: String = "$1::text"
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
            parameters.write(value)
            var request = PostgresRequest()
            try request.add(echo, parameters)
            let reply = try await connection.perform(request)
            var row = RowReader(reply.results[0], statement: echo.name, columns: echo.columns)
            let hasRow = row.advance()
            #expect(hasRow)
            let back = try row.read(V.self)
            #expect(back == value)
            let shown = try row.read(String?.self)
            #expect(shown == text)
        }
    }
}
