// Arrays of one dimension. Each call reads the next column.

extension RowReader {
    /// Reads `bool[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func boolArray() throws(PostgresError) -> [Bool] { try next(BinaryForm.array(BinaryForm.bool)) }

    /// Reads `bool[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalBoolArray() throws(PostgresError) -> [Bool]? {
        try nextOptional(BinaryForm.array(BinaryForm.bool))
    }

    /// Reads `bool[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableBoolArray() throws(PostgresError) -> [Bool?] {
        try next(BinaryForm.nullableArray(BinaryForm.bool))
    }

    /// Reads `int2[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func int2Array() throws(PostgresError) -> [Int16] { try next(BinaryForm.array(BinaryForm.integer)) }

    /// Reads `int2[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalInt2Array() throws(PostgresError) -> [Int16]? {
        try nextOptional(BinaryForm.array(BinaryForm.integer))
    }

    /// Reads `int2[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableInt2Array() throws(PostgresError) -> [Int16?] {
        try next(BinaryForm.nullableArray(BinaryForm.integer))
    }

    /// Reads `int4[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func int4Array() throws(PostgresError) -> [Int32] { try next(BinaryForm.array(BinaryForm.integer)) }

    /// Reads `int4[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalInt4Array() throws(PostgresError) -> [Int32]? {
        try nextOptional(BinaryForm.array(BinaryForm.integer))
    }

    /// Reads `int4[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableInt4Array() throws(PostgresError) -> [Int32?] {
        try next(BinaryForm.nullableArray(BinaryForm.integer))
    }

    /// Reads `int8[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func int8Array() throws(PostgresError) -> [Int64] { try next(BinaryForm.array(BinaryForm.integer)) }

    /// Reads `int8[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalInt8Array() throws(PostgresError) -> [Int64]? {
        try nextOptional(BinaryForm.array(BinaryForm.integer))
    }

    /// Reads `int8[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableInt8Array() throws(PostgresError) -> [Int64?] {
        try next(BinaryForm.nullableArray(BinaryForm.integer))
    }

    /// Reads `float8[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func doubleArray() throws(PostgresError) -> [Double] {
        try next(BinaryForm.array(BinaryForm.double))
    }

    /// Reads `float8[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalDoubleArray() throws(PostgresError) -> [Double]? {
        try nextOptional(BinaryForm.array(BinaryForm.double))
    }

    /// Reads `float8[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableDoubleArray() throws(PostgresError) -> [Double?] {
        try next(BinaryForm.nullableArray(BinaryForm.double))
    }

    /// Reads `text[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func textArray() throws(PostgresError) -> [String] { try next(BinaryForm.array(BinaryForm.text)) }

    /// Reads `text[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalTextArray() throws(PostgresError) -> [String]? {
        try nextOptional(BinaryForm.array(BinaryForm.text))
    }

    /// Reads `text[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableTextArray() throws(PostgresError) -> [String?] {
        try next(BinaryForm.nullableArray(BinaryForm.text))
    }

    /// Reads `bytea[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func byteaArray() throws(PostgresError) -> [[UInt8]] {
        try next(BinaryForm.array(BinaryForm.bytea))
    }

    /// Reads `bytea[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalByteaArray() throws(PostgresError) -> [[UInt8]]? {
        try nextOptional(BinaryForm.array(BinaryForm.bytea))
    }

    /// Reads `bytea[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableByteaArray() throws(PostgresError) -> [[UInt8]?] {
        try next(BinaryForm.nullableArray(BinaryForm.bytea))
    }

    /// Reads `uuid[]` without NULL elements.
    ///
    /// - Returns: The elements.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func uuidArray() throws(PostgresError) -> [UInt128] {
        try next(BinaryForm.array(BinaryForm.integer))
    }

    /// Reads `uuid[]` without NULL elements, or NULL.
    ///
    /// - Returns: The elements; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalUuidArray() throws(PostgresError) -> [UInt128]? {
        try nextOptional(BinaryForm.array(BinaryForm.integer))
    }

    /// Reads `uuid[]` that may hold NULLs.
    ///
    /// - Returns: The elements; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableUuidArray() throws(PostgresError) -> [UInt128?] {
        try next(BinaryForm.nullableArray(BinaryForm.integer))
    }

    /// Reads `timestamptz[]` without NULL elements.
    ///
    /// - Returns: The microseconds since 2000-01-01 00:00 UTC of each.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func timestampArray() throws(PostgresError) -> [Int64] {
        try next(BinaryForm.array(BinaryForm.integer))
    }

    /// Reads `timestamptz[]` without NULL elements, or NULL.
    ///
    /// - Returns: The microseconds since 2000-01-01 00:00 UTC of each; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalTimestampArray() throws(PostgresError) -> [Int64]? {
        try nextOptional(BinaryForm.array(BinaryForm.integer))
    }

    /// Reads `timestamptz[]` that may hold NULLs.
    ///
    /// - Returns: The microseconds since 2000-01-01 00:00 UTC of each; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableTimestampArray() throws(PostgresError) -> [Int64?] {
        try next(BinaryForm.nullableArray(BinaryForm.integer))
    }

    /// Reads `interval[]` without NULL elements.
    ///
    /// - Returns: The microseconds of each; a day counts 24 hours, a month 30 days.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func intervalArray() throws(PostgresError) -> [Int64] {
        try next(BinaryForm.array(BinaryForm.interval))
    }

    /// Reads `interval[]` without NULL elements, or NULL.
    ///
    /// - Returns: The microseconds of each; a day counts 24 hours, a month 30 days; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalIntervalArray() throws(PostgresError) -> [Int64]? {
        try nextOptional(BinaryForm.array(BinaryForm.interval))
    }

    /// Reads `interval[]` that may hold NULLs.
    ///
    /// - Returns: The microseconds of each; a day counts 24 hours, a month 30 days; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableIntervalArray() throws(PostgresError) -> [Int64?] {
        try next(BinaryForm.nullableArray(BinaryForm.interval))
    }

    /// Reads `jsonb[]` without NULL elements.
    ///
    /// - Returns: The JSON text of each.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL, a NULL element or another type.
    public mutating func jsonbArray() throws(PostgresError) -> [String] { try next(BinaryForm.array(BinaryForm.jsonb)) }

    /// Reads `jsonb[]` without NULL elements, or NULL.
    ///
    /// - Returns: The JSON text of each; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for a NULL element or another type.
    public mutating func optionalJsonbArray() throws(PostgresError) -> [String]? {
        try nextOptional(BinaryForm.array(BinaryForm.jsonb))
    }

    /// Reads `jsonb[]` that may hold NULLs.
    ///
    /// - Returns: The JSON text of each; `nil` for a NULL element.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func nullableJsonbArray() throws(PostgresError) -> [String?] {
        try next(BinaryForm.nullableArray(BinaryForm.jsonb))
    }
}
