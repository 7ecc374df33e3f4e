/// The parameters of one execution in binary form, in one buffer.
///
/// Append-only, in order.
public struct ParameterWriter: Sendable {
    /// Where a parameter lies in the buffer; a negative count is a NULL.
    struct Slot: Sendable {
        var offset: Int
        var count: Int32
    }

    private(set) var bytes: [UInt8] = []
    private(set) var slots: [Slot] = []
    private(set) var types: [PostgresType] = []

    /// Makes a writer without parameters.
    public init() {}

    mutating func append<V: BinaryValue>(_ value: V) {
        begin(V.postgresType)
        reserve(value.byteCount)
        value.append(to: &bytes)
        end()
    }

    mutating func append<V: BinaryValue>(optional value: V?) {
        guard let value else { return appendNull(V.postgresType) }
        append(value)
    }

    mutating func append<V: BinaryValue>(optionalArray values: [V]?) {
        guard let values else { return appendNull(V.postgresArrayType) }
        append(array: values)
    }

    private mutating func appendNull(_ type: PostgresType) {
        slots.append(Slot(offset: bytes.count, count: -1))
        types.append(type)
    }

    mutating func append<V: BinaryValue>(array values: some RandomAccessCollection<V>) {
        begin(V.postgresArrayType)
        reserve(20 + values.reduce(0) { $0 + 4 + $1.byteCount })
        appendArrayHeader(count: values.count, hasNulls: false, of: V.postgresType)
        for value in values {
            Int32(truncatingIfNeeded: value.byteCount).appendBigEndian(to: &bytes)
            value.append(to: &bytes)
        }
        end()
    }

    mutating func append<V: BinaryValue>(optionals values: some RandomAccessCollection<V?>) {
        begin(V.postgresArrayType)
        reserve(20 + values.reduce(0) { $0 + 4 + ($1?.byteCount ?? 0) })
        appendArrayHeader(count: values.count, hasNulls: values.contains { $0 == nil }, of: V.postgresType)
        for value in values {
            guard let value else {
                Int32(-1).appendBigEndian(to: &bytes)
                continue
            }
            Int32(truncatingIfNeeded: value.byteCount).appendBigEndian(to: &bytes)
            value.append(to: &bytes)
        }
        end()
    }

    /// The binary form of an array begins with: dimensions, whether there are NULLs, element type, then for each
    /// dimension its length and lower bound.
    ///
    /// An empty array has no dimension.
    private mutating func appendArrayHeader(count: Int, hasNulls: Bool, of element: PostgresType) {
        Int32(count == 0 ? 0 : 1).appendBigEndian(to: &bytes)
        Int32(hasNulls ? 1 : 0).appendBigEndian(to: &bytes)
        element.rawValue.appendBigEndian(to: &bytes)
        guard count > 0 else { return }
        Int32(truncatingIfNeeded: count).appendBigEndian(to: &bytes)
        Int32(1).appendBigEndian(to: &bytes)
    }

    private mutating func begin(_ type: PostgresType) {
        types.append(type)
        slots.append(Slot(offset: bytes.count, count: 0))
    }

    private mutating func end() {
        slots[slots.count - 1].count = Int32(clamping: bytes.count - slots[slots.count - 1].offset)
    }

    /// Makes room once for a whole value, growing at least twofold: `reserveCapacity` alone would grow by just that.
    private mutating func reserve(_ count: Int) {
        let needed = bytes.count + count
        if needed > bytes.capacity { bytes.reserveCapacity(max(needed, 2 * bytes.capacity)) }
    }
}
