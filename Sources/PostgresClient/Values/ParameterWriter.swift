/// The parameters of one execution in binary form, in one buffer.
///
/// Each call writes the next one.
@usableFromInline
package struct ParameterWriter: Sendable {
    /// The place of a parameter in the buffer; a negative count is a NULL.
    @usableFromInline
    struct Slot: Sendable {
        @usableFromInline let type: PostgresType
        @usableFromInline let offset: Int
        @usableFromInline let count: Int32

        @usableFromInline
        init(_ type: PostgresType, offset: Int, count: Int32) {
            self.type = type
            self.offset = offset
            self.count = count
        }
    }

    @usableFromInline var bytes: [UInt8] = []
    @usableFromInline var slots: [Slot] = []

    /// Makes a writer without parameters.
    package init() {}

    /// Writes a value.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    @inlinable
    package mutating func write<V: PostgresValue>(_ value: V) {
        guard !value.isPostgresNull else { return writeNull(V.postgresType) }
        let start = begin(value.postgresByteCount)
        value.encodePostgres(into: &bytes)
        end(V.postgresType, start)
    }

    /// Writes one column of rows as an array.
    ///
    /// - Parameters:
    ///   - rows: The rows; `nil` is NULL.
    ///   - column: The value of a row in the column.
    @inlinable
    package mutating func write<Row, V: PostgresValue>(_ rows: [Row]?, _ column: (Row) -> V) {
        guard let rows else { return writeNull(V.postgresArrayType) }
        let start = begin(BinaryArray.byteCount(of: rows, column))
        BinaryArray.encode(rows, into: &bytes, column)
        end(V.postgresArrayType, start)
    }

    @usableFromInline
    mutating func writeNull(_ type: PostgresType) {
        slots.append(Slot(type, offset: bytes.count, count: -1))
    }

    /// Makes room for a whole value, growing at least twofold: `reserveCapacity` alone would grow by just that.
    ///
    /// - Returns: The place at which the value begins.
    @inlinable
    mutating func begin(_ count: Int) -> Int {
        let needed = bytes.count + count
        if needed > bytes.capacity { bytes.reserveCapacity(max(needed, 2 * bytes.capacity)) }
        return bytes.count
    }

    @inlinable
    mutating func end(_ type: PostgresType, _ start: Int) {
        slots.append(Slot(type, offset: start, count: Int32(clamping: bytes.count - start)))
    }
}
