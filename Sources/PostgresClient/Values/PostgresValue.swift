/// A Swift type with a binary form in Postgres.
///
/// An optional of it is the same type with NULL, and an array of it is an array of one dimension. A type that wraps a raw
/// value takes over the form of that value with an empty conformance:
///
/// ```swift
/// extension DeliveryID: PostgresValue {}
/// ```
@usableFromInline
package protocol PostgresValue {
    /// The type in Postgres.
    static var postgresType: PostgresType { get }
    /// The type of an array of such values.
    static var postgresArrayType: PostgresType { get }

    /// The number of bytes that ``encodePostgres(into:)`` appends.
    var postgresByteCount: Int { get }
    /// Appends the binary form; nothing for NULL.
    func encodePostgres(into bytes: inout [UInt8])
    /// Makes a value of its binary form; `nil` where the bytes are no such value.
    init?(postgresBytes bytes: UnsafeRawBufferPointer)

    /// True if the value is sent as NULL.
    var isPostgresNull: Bool { get }
    /// The value that NULL is read as; `nil` where the type has none.
    static var postgresNull: Self? { get }

    /// The number of bytes of an array in its binary form.
    static func postgresByteCount(of array: [Self]) -> Int
    /// Appends the binary form of an array.
    static func encodePostgres(_ array: [Self], into bytes: inout [UInt8])
    /// Makes an array of its binary form; `nil` where the bytes are no array of such values.
    static func postgresArray(_ bytes: UnsafeRawBufferPointer) -> [Self]?
}

extension PostgresValue {
    @inlinable package static var postgresArrayType: PostgresType { postgresType.array }
    @inlinable package var isPostgresNull: Bool { false }
    @inlinable package static var postgresNull: Self? { nil }

    @inlinable package static func postgresByteCount(of array: [Self]) -> Int {
        BinaryArray.byteCount(of: array) { $0 }
    }

    @inlinable package static func encodePostgres(_ array: [Self], into bytes: inout [UInt8]) {
        BinaryArray.encode(array, into: &bytes) { $0 }
    }

    @inlinable package static func postgresArray(_ bytes: UnsafeRawBufferPointer) -> [Self]? {
        BinaryArray.decode(bytes)
    }
}

extension PostgresValue where Self: RawRepresentable, RawValue: PostgresValue {
    @inlinable package static var postgresType: PostgresType { RawValue.postgresType }
    @inlinable package var postgresByteCount: Int { rawValue.postgresByteCount }

    @inlinable package func encodePostgres(into bytes: inout [UInt8]) {
        rawValue.encodePostgres(into: &bytes)
    }

    @inlinable package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard let rawValue = RawValue(postgresBytes: bytes) else { return nil }
        self.init(rawValue: rawValue)
    }
}

extension Optional: PostgresValue where Wrapped: PostgresValue {
    @inlinable package static var postgresType: PostgresType { Wrapped.postgresType }
    @inlinable package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
    @inlinable package static var postgresNull: Self? { .some(.none) }

    @inlinable package var isPostgresNull: Bool {
        guard case .some = self else { return true }
        return false
    }

    @inlinable package var postgresByteCount: Int {
        guard case .some(let value) = self else { return 0 }
        return value.postgresByteCount
    }

    @inlinable package func encodePostgres(into bytes: inout [UInt8]) {
        guard case .some(let value) = self else { return }
        value.encodePostgres(into: &bytes)
    }

    @inlinable package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard let value = Wrapped(postgresBytes: bytes) else { return nil }
        self = .some(value)
    }
}

extension Array: PostgresValue where Element: PostgresValue {
    @inlinable package static var postgresType: PostgresType { Element.postgresArrayType }
    @inlinable package var postgresByteCount: Int { Element.postgresByteCount(of: self) }

    @inlinable package func encodePostgres(into bytes: inout [UInt8]) {
        Element.encodePostgres(self, into: &bytes)
    }

    @inlinable package init?(postgresBytes bytes: UnsafeRawBufferPointer) {
        guard let values = Element.postgresArray(bytes) else { return nil }
        self = values
    }
}

/// The binary form of arrays of at most one dimension.
///
/// It begins with the number of dimensions, whether there are NULLs and the element's type; then come, for each dimension,
/// its length and lower bound, and then each element's length and bytes. An empty array has no dimension.
@usableFromInline
enum BinaryArray {
    /// The bytes of an array whose elements are `value` of those of another array.
    @inlinable
    static func byteCount<Row, V: PostgresValue>(of rows: [Row], _ value: (Row) -> V) -> Int {
        // Through a pointer, only the column is read and retained, not the whole row.
        rows.withUnsafeBufferPointer { rows in
            var count = 20
            for index in rows.indices { count += 4 + value(rows[index]).postgresByteCount }
            return count
        }
    }

    /// Appends an array whose elements are `value` of those of another array.
    @inlinable
    static func encode<Row, V: PostgresValue>(_ rows: [Row], into bytes: inout [UInt8], _ value: (Row) -> V) {
        let mayHoldNulls = V.postgresNull != nil
        let hasNulls = mayHoldNulls && rows.contains { value($0).isPostgresNull }
        Int32(rows.isEmpty ? 0 : 1).appendBigEndian(to: &bytes)
        Int32(hasNulls ? 1 : 0).appendBigEndian(to: &bytes)
        V.postgresType.rawValue.appendBigEndian(to: &bytes)
        guard !rows.isEmpty else { return }
        Int32(truncatingIfNeeded: rows.count).appendBigEndian(to: &bytes)
        Int32(1).appendBigEndian(to: &bytes)
        rows.withUnsafeBufferPointer { rows in
            for index in rows.indices {
                let value = value(rows[index])
                guard !value.isPostgresNull else {
                    Int32(-1).appendBigEndian(to: &bytes)
                    continue
                }
                Int32(truncatingIfNeeded: value.postgresByteCount).appendBigEndian(to: &bytes)
                value.encodePostgres(into: &bytes)
            }
        }
    }

    /// Reads an array; `nil` where the bytes are none, or hold a NULL that the type does not take.
    @inlinable
    static func decode<V: PostgresValue>(_ bytes: UnsafeRawBufferPointer) -> [V]? {
        guard var elements = Elements(of: bytes) else { return nil }
        var values: [V] = []
        values.reserveCapacity(elements.remaining)
        while elements.remaining > 0 {
            guard let element = elements.next() else { return nil }
            let value = element.isNull ? V.postgresNull : V(postgresBytes: element.bytes)
            guard let value else { return nil }
            values.append(value)
        }
        return elements.areWhole ? values : nil
    }

    /// A walk over the elements of an array.
    @usableFromInline
    struct Elements {
        @usableFromInline private(set) var remaining: Int
        private let bytes: UnsafeRawBufferPointer
        private var offset: Int

        /// Begins a walk; `nil` where the bytes are no array, or one of several dimensions.
        @usableFromInline
        init?(of bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= 12, let dimensions = Int32(bigEndian: bytes, at: 0) else { return nil }
            self.bytes = bytes
            guard dimensions != 0 else {
                remaining = 0
                offset = bytes.count
                return
            }
            guard dimensions == 1, let count = Int32(bigEndian: bytes, at: 12), count >= 0,
                bytes.count >= 20 + 4 * Int(count)
            else { return nil }
            remaining = Int(count)
            offset = 20
        }

        /// The next element; `nil` where the bytes end before it does.
        @usableFromInline
        mutating func next() -> (bytes: UnsafeRawBufferPointer, isNull: Bool)? {
            guard let length = Int32(bigEndian: bytes, at: offset) else { return nil }
            offset += 4
            remaining -= 1
            guard length >= 0 else { return (UnsafeRawBufferPointer(start: nil, count: 0), true) }
            let end = offset + Int(length)
            guard end <= bytes.count else { return nil }
            defer { offset = end }
            return (UnsafeRawBufferPointer(rebasing: bytes[offset..<end]), false)
        }

        /// True if nothing is left of the bytes.
        @usableFromInline var areWhole: Bool { offset == bytes.count }
    }
}
