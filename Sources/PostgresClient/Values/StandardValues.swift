// The values of the standard library, and JSON.

extension FixedWidthInteger {
    /// Appends the bytes of the integer, most significant first.
    @inlinable
    func appendBigEndian(to bytes: inout [UInt8]) {
        Swift.withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Reads an integer at an offset, most significant byte first; `nil` where the bytes end before it does.
    @inlinable
    init?(bigEndian bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard offset + MemoryLayout<Self>.size <= bytes.count else { return nil }
        self.init(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Self.self))
    }
}

extension PostgresValue where Self: FixedWidthInteger {
    @inlinable package var postgresByteCount: Int { MemoryLayout<Self>.size }

    @inlinable package func encodePostgres(into bytes: inout [UInt8]) {
        appendBigEndian(to: &bytes)
    }

    @inlinable package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == MemoryLayout<Self>.size else { return nil }
        self.init(bigEndian: bytes, at: 0)
    }
}

extension Int16: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .int2 }
}

extension Int32: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .int4 }
}

extension Int64: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .int8 }
}

extension Int: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .int8 }
}

extension UInt128: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .uuid }
}

/// One byte is a `"char"`, and an array of them is a `bytea`.
extension UInt8: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .char }
    @usableFromInline package static var postgresArrayType: PostgresType { .bytea }

    @inlinable package static func postgresByteCount(of array: [UInt8]) -> Int { array.count }

    @inlinable package static func encodePostgres(_ array: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: array)
    }

    @inlinable package static func postgresArray(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        [UInt8](bytes)
    }
}

extension Bool: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .bool }
    @inlinable package var postgresByteCount: Int { 1 }

    @inlinable package func encodePostgres(into bytes: inout [UInt8]) {
        bytes.append(self ? 1 : 0)
    }

    @inlinable package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 1 else { return nil }
        self = bytes[0] != 0
    }
}

extension Double: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .float8 }
    @inlinable package var postgresByteCount: Int { 8 }

    @inlinable package func encodePostgres(into bytes: inout [UInt8]) {
        bitPattern.appendBigEndian(to: &bytes)
    }

    @inlinable package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 8, let bits = UInt64(bigEndian: bytes, at: 0) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension String: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .text }
    @inlinable package var postgresByteCount: Int { utf8.count }

    @inlinable package func encodePostgres(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: utf8)
    }

    @inlinable package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        self.init(decoding: bytes, as: UTF8.self)
    }
}

/// A duration is an `interval` in whole microseconds, without days and months.
///
/// In one that is read with them, a day counts 24 hours and a month 30 days.
extension Duration: PostgresValue {
    @usableFromInline package static var postgresType: PostgresType { .interval }
    @usableFromInline package var postgresByteCount: Int { 16 }

    @usableFromInline package func encodePostgres(into bytes: inout [UInt8]) {
        wholeMicroseconds.appendBigEndian(to: &bytes)
        Int64(0).appendBigEndian(to: &bytes)
    }

    @usableFromInline package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16, let microseconds = Int64(bigEndian: bytes, at: 0),
            let days = Int32(bigEndian: bytes, at: 8), let months = Int32(bigEndian: bytes, at: 12)
        else { return nil }
        let (ofDays, overflows) = (Int64(days) + Int64(months) * 30).multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, sumOverflows) = microseconds.addingReportingOverflow(ofDays)
        guard !overflows, !sumOverflows else { return nil }
        self = .microseconds(sum)
    }

    /// The duration in whole microseconds, rounded towards zero; the nearest number where it has more than 64 bits.
    private var wholeMicroseconds: Int64 {
        let (ofSeconds, overflows) = components.seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, sumOverflows) = ofSeconds.addingReportingOverflow(components.attoseconds / 1_000_000_000_000)
        return overflows || sumOverflows ? (self < .zero ? .min : .max) : sum
    }
}

/// A `jsonb`, as JSON text.
package struct PostgresJSON: Hashable, Sendable, PostgresValue {
    /// The JSON text; one that was read is as the server writes it.
    package var text: String

    /// Wraps JSON text.
    package init(_ text: String) {
        self.text = text
    }

    @usableFromInline package static var postgresType: PostgresType { .jsonb }
    @usableFromInline package var postgresByteCount: Int { 1 + text.utf8.count }

    @usableFromInline package func encodePostgres(into bytes: inout [UInt8]) {
        bytes.append(1)  // the version of the form
        bytes.append(contentsOf: text.utf8)
    }

    @usableFromInline package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.first == 1 else { return nil }
        text = String(decoding: bytes.dropFirst(), as: UTF8.self)
    }
}
