/// Reads values in the binary form of Postgres.
///
/// Each function returns `nil` where the bytes are no such value.
enum BinaryForm {
    static func integer<I: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> I? {
        guard bytes.count == MemoryLayout<I>.size else { return nil }
        return I(bigEndian: bytes.loadUnaligned(as: I.self))
    }

    static func bool(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        bytes.count == 1 ? bytes[0] != 0 : nil
    }

    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        let bits: UInt64? = integer(bytes)
        return bits.map { Double(bitPattern: $0) }
    }

    static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        String(decoding: bytes, as: UTF8.self)
    }

    static func bytea(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        [UInt8](bytes)
    }

    /// The microseconds of an interval: a day counts 24 hours, a month 30 days.
    static func interval(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard bytes.count == 16 else { return nil }
        let microseconds = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        let days = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self))
        let months = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: Int32.self))
        let (ofDays, overflow) = (Int64(days) + Int64(months) * 30).multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, overflowOfSum) = microseconds.addingReportingOverflow(ofDays)
        return overflow || overflowOfSum ? nil : sum
    }

    static func jsonb(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.first == 1 else { return nil }
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    /// The elements of an array of at most one dimension; `nil` for a NULL among them.
    static func nullableArray<V>(
        _ element: @escaping (UnsafeRawBufferPointer) -> V?
    ) -> (UnsafeRawBufferPointer) -> [V?]? {
        { bytes in
            var values: [V?] = []
            let isWhole = forEachElement(of: bytes) { count in
                values.reserveCapacity(count)
            } body: { bytes in
                guard let bytes else {
                    values.append(nil)
                    return true
                }
                guard let value = element(bytes) else { return false }
                values.append(value)
                return true
            }
            return isWhole ? values : nil
        }
    }

    /// The elements of an array of at most one dimension without NULLs.
    static func array<V>(_ element: @escaping (UnsafeRawBufferPointer) -> V?) -> (UnsafeRawBufferPointer) -> [V]? {
        { bytes in
            var values: [V] = []
            let isWhole = forEachElement(of: bytes) { count in
                values.reserveCapacity(count)
            } body: { bytes in
                guard let bytes, let value = element(bytes) else { return false }
                values.append(value)
                return true
            }
            return isWhole ? values : nil
        }
    }

    /// Walks an array: dimensions, flag, element type, length, lower bound, then each element's length and bytes.
    private static func forEachElement(
        of bytes: UnsafeRawBufferPointer,
        start: (Int) -> Void,
        body: (UnsafeRawBufferPointer?) -> Bool
    ) -> Bool {
        func int32(at offset: Int) -> Int32? {
            guard offset + 4 <= bytes.count else { return nil }
            return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
        }
        guard let dimensions = int32(at: 0), bytes.count >= 12 else { return false }
        if dimensions == 0 { return true }
        guard dimensions == 1, let count = int32(at: 12), count >= 0, bytes.count >= 20 + 4 * Int(count) else {
            return false
        }
        start(Int(count))
        var offset = 20
        for _ in 0..<count {
            guard let length = int32(at: offset) else { return false }
            offset += 4
            guard length >= 0 else {
                guard body(nil) else { return false }
                continue
            }
            let end = offset + Int(length)
            guard end <= bytes.count, body(UnsafeRawBufferPointer(rebasing: bytes[offset..<end])) else { return false }
            offset = end
        }
        return offset == bytes.count
    }
}
