import Testing

@testable import PostgresClient

private let uuid: UInt128 = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef
private let uuidText = "01234567-89ab-cdef-0123-456789abcdef"

private let scalars: [RoundTrip] = [
    RoundTrip(.bool, true, "true"),
    RoundTrip(.bool, false, "false"),
    RoundTrip(.char, 65 as UInt8, "A"),
    RoundTrip(.int2, Int16.min, "-32768"),
    RoundTrip(.int4, Int32.min, "-2147483648"),
    RoundTrip(.int8, Int64.max, "9223372036854775807"),
    RoundTrip(.int8, Int.min, "-9223372036854775808"),
    RoundTrip(.float8, -1.5e300, "-1.5e+300"),
    RoundTrip(.text, "größer 🚀\n\\", "größer 🚀\n\\"),
    RoundTrip(.text, "", ""),
    RoundTrip(.varchar, "x", "x"),
    RoundTrip(.name, "x", "x"),
    RoundTrip(.bytea, [0, 255, 10] as [UInt8], "\\x00ff0a"),
    RoundTrip(.bytea, [] as [UInt8], "\\x"),
    RoundTrip(.uuid, uuid, uuidText),
    RoundTrip(.interval, .microseconds(-1_500_000) as Duration, "-00:00:01.5"),
    RoundTrip(.jsonb, PostgresJSON("{\"a\": [1, null]}"), "{\"a\": [1, null]}"),
    RoundTrip(.text, Label(rawValue: "crm.sync"), "crm.sync"),
    RoundTrip(.text, Direction.south, "south"),
    RoundTrip(.timestamptz, Moment(rawValue: 1_000_001), "2000-01-01 00:00:01.000001+00"),
]

private let optionals: [RoundTrip] = [
    RoundTrip(.bool, nil as Bool?, nil),
    RoundTrip(.int8, nil as Int64?, nil),
    RoundTrip(.int8, 7 as Int64?, "7"),
    RoundTrip(.text, nil as String?, nil),
    RoundTrip(.text, "" as String?, ""),
    RoundTrip(.bytea, nil as [UInt8]?, nil),
    RoundTrip(.bytea, [] as [UInt8]?, "\\x"),
    RoundTrip(.uuid, nil as UInt128?, nil),
    RoundTrip(.interval, nil as Duration?, nil),
    RoundTrip(.jsonb, nil as PostgresJSON?, nil),
    RoundTrip(.timestamptz, nil as Moment?, nil),
    RoundTrip(.timestamptz, Moment(rawValue: 0) as Moment?, "2000-01-01 00:00:00+00"),
    RoundTrip(.int8Array, nil as [Int64]?, nil),
    RoundTrip(.int8Array, [7] as [Int64]?, "{7}"),
]

private let arrays: [RoundTrip] = [
    RoundTrip(.boolArray, [true, false], "{t,f}"),
    RoundTrip(.int2Array, [1, -2] as [Int16], "{1,-2}"),
    RoundTrip(.int4Array, [1, -2] as [Int32], "{1,-2}"),
    RoundTrip(.int8Array, [1, -2] as [Int64], "{1,-2}"),
    RoundTrip(.int8Array, [] as [Int64], "{}"),
    RoundTrip(.float8Array, [0.5, -2], "{0.5,-2}"),
    RoundTrip(.textArray, ["a", "", "ü,\""], "{a,\"\",\"ü,\\\"\"}"),
    RoundTrip(.textArray, [] as [String], "{}"),
    RoundTrip(.byteaArray, [[0, 1], []] as [[UInt8]], "{\"\\\\x0001\",\"\\\\x\"}"),
    RoundTrip(.uuidArray, [uuid], "{\(uuidText)}"),
    RoundTrip(.intervalArray, [.zero, .seconds(60)] as [Duration], "{00:00:00,00:01:00}"),
    RoundTrip(.jsonbArray, ["1", "{}"].map { PostgresJSON($0) }, "{1,\"{}\"}"),
    RoundTrip(.textArray, ["a", "b"].map { Label(rawValue: $0) }, "{a,b}"),
    RoundTrip(
        .timestamptzArray,
        [0, 60_000_000].map { Moment(rawValue: $0) },
        "{\"2000-01-01 00:00:00+00\",\"2000-01-01 00:01:00+00\"}"
    ),
]

private let nullableArrays: [RoundTrip] = [
    RoundTrip(.boolArray, [true, nil], "{t,NULL}"),
    RoundTrip(.int4Array, [nil, 1] as [Int32?], "{NULL,1}"),
    RoundTrip(.int8Array, [] as [Int64?], "{}"),
    RoundTrip(.textArray, ["a", nil], "{a,NULL}"),
    RoundTrip(.byteaArray, [nil, [1]] as [[UInt8]?], "{NULL,\"\\\\x01\"}"),
    RoundTrip(.uuidArray, [nil, uuid], "{NULL,\(uuidText)}"),
    RoundTrip(.intervalArray, [nil, .zero] as [Duration?], "{NULL,00:00:00}"),
    RoundTrip(.jsonbArray, [PostgresJSON("null"), nil], "{\"null\",NULL}"),
    RoundTrip(.timestamptzArray, [nil, Moment(rawValue: 0)], "{NULL,\"2000-01-01 00:00:00+00\"}"),
]

/// A column that cannot be read as a type.
struct Refusal: CustomTestStringConvertible, Sendable {
    let sql: String
    let message: String
    let read: @Sendable (inout RowReader) throws -> Void

    var testDescription: String { "\(sql): \(message)" }

    init<V: PostgresValue & Sendable>(_ sql: String, _ type: V.Type, _ message: String) {
        self.sql = sql
        self.message = message
        read = { row in _ = try row.read(V.self) }
    }
}

@Suite("Values", .timeLimit(.minutes(3)))
struct TypeTests {
    @Test("come back as they were sent", arguments: scalars + optionals + arrays + nullableArrays)
    func roundTrip(_ value: RoundTrip) async throws {
        try await TestServer.withConnection {
            $0.usesPreparedStatements = false
        } _: { connection in
            try await value.check(connection)
        }
    }

    @Test("of 8 MiB come back as they were sent, beside others in an array")
    func largeValue() async throws {
        let large = (0..<8 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let array = RoundTrip(.byteaArray, [large, [], [7]], nil, show: "NULL")
        try await TestServer.withConnection { connection in
            try await array.check(connection)
        }
    }

    @Test(
        "that are NULL, too short, of no case or missing are refused with statement and column",
        arguments: [
            Refusal("SELECT NULL::int8", Int64.self, "is NULL"),
            Refusal("SELECT 1::int4", Int64.self, "cannot be read as Int64"),
            Refusal("SELECT ARRAY[1::int8]", Int64.self, "cannot be read as Int64"),
            Refusal("SELECT 'up'", Direction.self, "cannot be read as Direction"),
            Refusal("SELECT 'up'", Direction?.self, "cannot be read as Optional<Direction>"),
            Refusal("SELECT ARRAY[1, NULL]::int8[]", [Int64].self, "cannot be read as Array<Int64>"),
            Refusal("SELECT ARRAY[ARRAY[1]]::int8[]", [Int64].self, "cannot be read as Array<Int64>"),
            Refusal("SELECT 1::int8", [Int64].self, "cannot be read as Array<Int64>"),
        ]
    )
    func refusedValues(_ refusal: Refusal) async throws {
        let odd = StatementDescription(
            key: ObjectIdentifier(Self.self),
            name: "odd",
            sql: refusal.sql,
            parameterTypes: [],
            columns: [PostgresColumn(name: "first", type: PostgresType(rawValue: 1))]
        )
        let error = try await TestServer.withConnection { connection in
            await failure {
                var request = PostgresRequest()
                try request.add(odd, ParameterWriter())
                var row = RowReader(
                    try await connection.perform(request).results[0],
                    statement: odd.name,
                    columns: odd.columns
                )
                _ = row.advance()
                try refusal.read(&row)
            }
        }
        #expect(error?.description == "odd: column first of row 1 \(refusal.message); column: first")
        #expect(error?.kind == .decoding)
        #expect(error?.isSafeToRetry == false)
    }

    @Test("of one column of rows are an array, and NULL where there are no rows at all")
    func columnsOfRows() async throws {
        let rows: [(label: Label?, number: Int32)] = [(Label(rawValue: "a"), 1), (nil, -2)]
        let columns = StatementDescription(
            key: ObjectIdentifier(Self.self),
            name: "columns",
            sql: "SELECT $1::text, $2::text, $3::text, $4::text",
            parameterTypes: [.textArray, .int4Array, .int4Array, .int4Array],
            columns: ["a", "b", "c", "d"].map { PostgresColumn(name: $0, type: .text) }
        )
        var parameters = ParameterWriter()
        parameters.write(rows) { $0.label }
        parameters.write(rows) { $0.number }
        parameters.write(Array(rows.prefix(0))) { $0.number }
        parameters.write(nil as [Int]?) { Int32($0) }
        var request = PostgresRequest()
        try request.add(columns, parameters)
        try await TestServer.withConnection { [request] connection in
            var row = RowReader(try await connection.perform(request).results[0], statement: "columns", columns: [])
            _ = row.advance()
            for text in ["{a,NULL}", "{1,-2}", "{}", nil] {
                let shown = try row.read(String?.self)
                #expect(shown == text)
            }
        }
    }

    @Test("of an interval count days as 24 hours and months as 30 days")
    func longIntervals() async throws {
        let months = StatementDescription(
            key: ObjectIdentifier(Self.self),
            name: "months",
            sql: "SELECT interval '1 month -2 days 3 seconds', NULL::int8[]",
            parameterTypes: [],
            columns: [PostgresColumn(name: "a", type: .interval), PostgresColumn(name: "b", type: .int8Array)]
        )
        try await TestServer.withConnection { connection in
            var request = PostgresRequest()
            try request.add(months, ParameterWriter())
            let reply = try await connection.perform(request)
            var row = RowReader(reply.results[0], statement: "months", columns: months.columns)
            _ = row.advance()
            let duration = try row.read(Duration.self)
            #expect(duration == .seconds(28 * 86_400 + 3))
            let absent = try row.read([Int64]?.self)
            #expect(absent == nil)
        }
    }
}
