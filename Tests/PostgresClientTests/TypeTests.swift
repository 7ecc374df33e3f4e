import Testing

@testable import PostgresClient

private let uuid: UInt128 = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef
private let uuidText = "01234567-89ab-cdef-0123-456789abcdef"

private let scalars: [RoundTrip] = [
    RoundTrip(.bool, true, "true", write: { $0.write($1) }, read: { try $0.bool() }),
    RoundTrip(.bool, false, "false", write: { $0.write($1) }, read: { try $0.bool() }),
    RoundTrip(.int2, Int16.min, "-32768", write: { $0.write($1) }, read: { try $0.int2() }),
    RoundTrip(.int4, Int32.min, "-2147483648", write: { $0.write($1) }, read: { try $0.int4() }),
    RoundTrip(.int8, Int64.max, "9223372036854775807", write: { $0.write($1) }, read: { try $0.int8() }),
    RoundTrip(.float8, -1.5e300, "-1.5e+300", write: { $0.write($1) }, read: { try $0.double() }),
    RoundTrip(.text, "größer 🚀\n\\", "größer 🚀\n\\", write: { $0.write($1) }, read: { try $0.text() }),
    RoundTrip(.text, "", "", write: { $0.write($1) }, read: { try $0.text() }),
    RoundTrip(.varchar, "x", "x", write: { $0.write($1) }, read: { try $0.text() }),
    RoundTrip(.name, "x", "x", write: { $0.write($1) }, read: { try $0.text() }),
    RoundTrip(.bytea, [0, 255, 10] as [UInt8], "\\x00ff0a", write: { $0.write($1) }, read: { try $0.bytea() }),
    RoundTrip(.bytea, [] as [UInt8], "\\x", write: { $0.write($1) }, read: { try $0.bytea() }),
    RoundTrip(.uuid, uuid, uuidText, write: { $0.write($1) }, read: { try $0.uuid() }),
    RoundTrip(
        .timestamptz,
        1_000_001 as Int64,
        "2000-01-01 00:00:01.000001+00",
        write: { $0.writeTimestamp($1) },
        read: { try $0.timestamp() }
    ),
    RoundTrip(
        .interval,
        -1_500_000 as Int64,
        "-00:00:01.5",
        write: { $0.writeInterval(microseconds: $1) },
        read: { try $0.interval() }
    ),
    RoundTrip(
        .jsonb,
        "{\"a\": [1, null]}",
        "{\"a\": [1, null]}",
        write: { $0.writeJSONB($1) },
        read: { try $0.jsonb() }
    ),
]

private let optionals: [RoundTrip] = [
    RoundTrip(.bool, nil as Bool?, nil, write: { $0.write($1) }, read: { try $0.optionalBool() }),
    RoundTrip(.int2, nil as Int16?, nil, write: { $0.write($1) }, read: { try $0.optionalInt2() }),
    RoundTrip(.int4, nil as Int32?, nil, write: { $0.write($1) }, read: { try $0.optionalInt4() }),
    RoundTrip(.int8, nil as Int64?, nil, write: { $0.write($1) }, read: { try $0.optionalInt8() }),
    RoundTrip(.int8, 7 as Int64?, "7", write: { $0.write($1) }, read: { try $0.optionalInt8() }),
    RoundTrip(.float8, nil as Double?, nil, write: { $0.write($1) }, read: { try $0.optionalDouble() }),
    RoundTrip(.text, nil as String?, nil, write: { $0.write($1) }, read: { try $0.optionalText() }),
    RoundTrip(.text, "" as String?, "", write: { $0.write($1) }, read: { try $0.optionalText() }),
    RoundTrip(.bytea, nil as [UInt8]?, nil, write: { $0.write($1) }, read: { try $0.optionalBytea() }),
    RoundTrip(.bytea, [] as [UInt8]?, "\\x", write: { $0.write($1) }, read: { try $0.optionalBytea() }),
    RoundTrip(.uuid, nil as UInt128?, nil, write: { $0.write($1) }, read: { try $0.optionalUuid() }),
    RoundTrip(.timestamptz, nil as Int64?, nil, write: { $0.writeTimestamp($1) }, read: { try $0.optionalTimestamp() }),
    RoundTrip(
        .interval,
        nil as Int64?,
        nil,
        write: { $0.writeInterval(microseconds: $1) },
        read: { try $0.optionalInterval() }
    ),
    RoundTrip(.jsonb, nil as String?, nil, write: { $0.writeJSONB($1) }, read: { try $0.optionalJsonb() }),
]

private let arrays: [RoundTrip] = [
    RoundTrip(.boolArray, [true, false], "{t,f}", write: { $0.write($1) }, read: { try $0.boolArray() }),
    RoundTrip(.int2Array, [1, -2] as [Int16], "{1,-2}", write: { $0.write($1) }, read: { try $0.int2Array() }),
    RoundTrip(.int4Array, [1, -2] as [Int32], "{1,-2}", write: { $0.write($1) }, read: { try $0.int4Array() }),
    RoundTrip(.int8Array, [1, -2] as [Int64], "{1,-2}", write: { $0.write($1) }, read: { try $0.int8Array() }),
    RoundTrip(.int8Array, [] as [Int64], "{}", write: { $0.write($1) }, read: { try $0.int8Array() }),
    RoundTrip(.float8Array, [0.5, -2], "{0.5,-2}", write: { $0.write($1) }, read: { try $0.doubleArray() }),
    RoundTrip(
        .textArray,
        ["a", "", "ü,\""],
        "{a,\"\",\"ü,\\\"\"}",
        write: { $0.write($1) },
        read: { try $0.textArray() }
    ),
    RoundTrip(.textArray, [] as [String], "{}", write: { $0.write($1) }, read: { try $0.textArray() }),
    RoundTrip(
        .byteaArray,
        [[0, 1], []] as [[UInt8]],
        "{\"\\\\x0001\",\"\\\\x\"}",
        write: { $0.write($1) },
        read: { try $0.byteaArray() }
    ),
    RoundTrip(.uuidArray, [uuid], "{\(uuidText)}", write: { $0.write($1) }, read: { try $0.uuidArray() }),
    RoundTrip(
        .timestamptzArray,
        [0, 60_000_000] as [Int64],
        "{\"2000-01-01 00:00:00+00\",\"2000-01-01 00:01:00+00\"}",
        write: { $0.writeTimestamps($1) },
        read: { try $0.timestampArray() }
    ),
    RoundTrip(
        .intervalArray,
        [0, 60_000_000] as [Int64],
        "{00:00:00,00:01:00}",
        write: { $0.writeIntervals($1) },
        read: { try $0.intervalArray() }
    ),
    RoundTrip(.jsonbArray, ["1", "{}"], "{1,\"{}\"}", write: { $0.writeJSONBs($1) }, read: { try $0.jsonbArray() }),
]

private let nullableArrays: [RoundTrip] = [
    RoundTrip(.boolArray, [true, nil], "{t,NULL}", write: { $0.write($1) }, read: { try $0.nullableBoolArray() }),
    RoundTrip(
        .int2Array,
        [1, nil] as [Int16?],
        "{1,NULL}",
        write: { $0.write($1) },
        read: { try $0.nullableInt2Array() }
    ),
    RoundTrip(
        .int4Array,
        [nil, 1] as [Int32?],
        "{NULL,1}",
        write: { $0.write($1) },
        read: { try $0.nullableInt4Array() }
    ),
    RoundTrip(
        .int8Array,
        [nil, 1] as [Int64?],
        "{NULL,1}",
        write: { $0.write($1) },
        read: { try $0.nullableInt8Array() }
    ),
    RoundTrip(.int8Array, [] as [Int64?], "{}", write: { $0.write($1) }, read: { try $0.nullableInt8Array() }),
    RoundTrip(.float8Array, [nil, 1], "{NULL,1}", write: { $0.write($1) }, read: { try $0.nullableDoubleArray() }),
    RoundTrip(.textArray, ["a", nil], "{a,NULL}", write: { $0.write($1) }, read: { try $0.nullableTextArray() }),
    RoundTrip(
        .byteaArray,
        [nil, [1]] as [[UInt8]?],
        "{NULL,\"\\\\x01\"}",
        write: { $0.write($1) },
        read: { try $0.nullableByteaArray() }
    ),
    RoundTrip(
        .uuidArray,
        [nil, uuid],
        "{NULL,\(uuidText)}",
        write: { $0.write($1) },
        read: { try $0.nullableUuidArray() }
    ),
    RoundTrip(
        .timestamptzArray,
        [nil, 0] as [Int64?],
        "{NULL,\"2000-01-01 00:00:00+00\"}",
        write: { $0.writeTimestamps($1) },
        read: { try $0.nullableTimestampArray() }
    ),
    RoundTrip(
        .intervalArray,
        [nil, 0] as [Int64?],
        "{NULL,00:00:00}",
        write: { $0.writeIntervals($1) },
        read: { try $0.nullableIntervalArray() }
    ),
    RoundTrip(
        .jsonbArray,
        ["null", nil] as [String?],
        "{\"null\",NULL}",
        write: { $0.writeJSONBs($1) },
        read: { try $0.nullableJsonbArray() }
    ),
]

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
        let array = RoundTrip(
            .byteaArray,
            [large, [], [7]],
            nil,
            show: "NULL",
            write: { $0.write($1) },
            read: { try $0.byteaArray() }
        )
        try await TestServer.withConnection { connection in
            try await array.check(connection)
        }
    }

    @Test(
        "that are NULL, too short or missing are refused with statement and column",
        arguments: [
            ("SELECT NULL::int8", "column first of row 1 is NULL"),
            ("SELECT 1::int4", "column first of row 1 cannot be read as Int64"),
            ("SELECT ARRAY[1::int8]", "column first of row 1 cannot be read as Int64"),
        ]
    )
    func refusedValues(_ sql: String, _ message: String) async throws {
        let odd = StatementDescription(
            key: ObjectIdentifier(Self.self),
            name: "odd",
            sql: sql,
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
                _ = try row.int8()
            }
        }
        #expect(error?.description == "odd: \(message); column: first")
        #expect(error?.kind == .decoding)
        #expect(error?.isSafeToRetry == false)
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
            let microseconds = try row.interval()
            #expect(microseconds == (28 * 86_400 + 3) * 1_000_000)
            let absent = try row.optionalInt8Array()
            #expect(absent == nil)
        }
    }
}
