/// A Swift type with a binary form in Postgres.
protocol BinaryValue {
    static var postgresType: PostgresType { get }
    static var postgresArrayType: PostgresType { get }
    /// How many bytes ``append(to:)`` appends.
    var byteCount: Int { get }
    func append(to bytes: inout [UInt8])
}

extension FixedWidthInteger {
    /// Appends the bytes of the integer, most significant first.
    func appendBigEndian(to bytes: inout [UInt8]) {
        Swift.withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }
}

extension Bool: BinaryValue {
    static var postgresType: PostgresType { .bool }
    static var postgresArrayType: PostgresType { .boolArray }
    var byteCount: Int { 1 }
    func append(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Int16: BinaryValue {
    static var postgresType: PostgresType { .int2 }
    static var postgresArrayType: PostgresType { .int2Array }
    var byteCount: Int { 2 }
    func append(to bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
}

extension Int32: BinaryValue {
    static var postgresType: PostgresType { .int4 }
    static var postgresArrayType: PostgresType { .int4Array }
    var byteCount: Int { 4 }
    func append(to bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
}

extension Int64: BinaryValue {
    static var postgresType: PostgresType { .int8 }
    static var postgresArrayType: PostgresType { .int8Array }
    var byteCount: Int { 8 }
    func append(to bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
}

extension Double: BinaryValue {
    static var postgresType: PostgresType { .float8 }
    static var postgresArrayType: PostgresType { .float8Array }
    var byteCount: Int { 8 }
    func append(to bytes: inout [UInt8]) { bitPattern.appendBigEndian(to: &bytes) }
}

extension String: BinaryValue {
    static var postgresType: PostgresType { .text }
    static var postgresArrayType: PostgresType { .textArray }
    var byteCount: Int { utf8.count }
    func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension UInt128: BinaryValue {
    static var postgresType: PostgresType { .uuid }
    static var postgresArrayType: PostgresType { .uuidArray }
    var byteCount: Int { 16 }
    func append(to bytes: inout [UInt8]) { appendBigEndian(to: &bytes) }
}

extension [UInt8]: BinaryValue {
    static var postgresType: PostgresType { .bytea }
    static var postgresArrayType: PostgresType { .byteaArray }
    var byteCount: Int { count }
    func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

/// A `timestamptz`: microseconds since 2000-01-01.
struct BinaryTimestamp: BinaryValue {
    static var postgresType: PostgresType { .timestamptz }
    static var postgresArrayType: PostgresType { .timestamptzArray }
    let microseconds: Int64
    var byteCount: Int { 8 }
    func append(to bytes: inout [UInt8]) { microseconds.appendBigEndian(to: &bytes) }
}

/// An `interval` without days and months.
struct BinaryInterval: BinaryValue {
    static var postgresType: PostgresType { .interval }
    static var postgresArrayType: PostgresType { .intervalArray }
    let microseconds: Int64
    var byteCount: Int { 16 }
    func append(to bytes: inout [UInt8]) {
        microseconds.appendBigEndian(to: &bytes)
        Int64(0).appendBigEndian(to: &bytes)
    }
}

/// A `jsonb`: a version byte, then JSON text.
struct BinaryJSON: BinaryValue {
    static var postgresType: PostgresType { .jsonb }
    static var postgresArrayType: PostgresType { .jsonbArray }
    let text: String
    var byteCount: Int { 1 + text.utf8.count }
    func append(to bytes: inout [UInt8]) {
        bytes.append(1)
        bytes.append(contentsOf: text.utf8)
    }
}
