// Scalars. Each call reads the next column.

extension RowReader {
    /// Reads a `bool`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func bool() throws(PostgresError) -> Bool { try next(BinaryForm.bool) }

    /// Reads a `bool` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalBool() throws(PostgresError) -> Bool? { try nextOptional(BinaryForm.bool) }

    /// Reads a `int2`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func int2() throws(PostgresError) -> Int16 { try next(BinaryForm.integer) }

    /// Reads a `int2` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalInt2() throws(PostgresError) -> Int16? { try nextOptional(BinaryForm.integer) }

    /// Reads a `int4`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func int4() throws(PostgresError) -> Int32 { try next(BinaryForm.integer) }

    /// Reads a `int4` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalInt4() throws(PostgresError) -> Int32? { try nextOptional(BinaryForm.integer) }

    /// Reads a `int8`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func int8() throws(PostgresError) -> Int64 { try next(BinaryForm.integer) }

    /// Reads a `int8` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalInt8() throws(PostgresError) -> Int64? { try nextOptional(BinaryForm.integer) }

    /// Reads a `float8`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func double() throws(PostgresError) -> Double { try next(BinaryForm.double) }

    /// Reads a `float8` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalDouble() throws(PostgresError) -> Double? { try nextOptional(BinaryForm.double) }

    /// Reads a `text`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func text() throws(PostgresError) -> String { try next(BinaryForm.text) }

    /// Reads a `text` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalText() throws(PostgresError) -> String? { try nextOptional(BinaryForm.text) }

    /// Reads a `bytea`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func bytea() throws(PostgresError) -> [UInt8] { try next(BinaryForm.bytea) }

    /// Reads a `bytea` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalBytea() throws(PostgresError) -> [UInt8]? { try nextOptional(BinaryForm.bytea) }

    /// Reads a `uuid`.
    ///
    /// - Returns: The value.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func uuid() throws(PostgresError) -> UInt128 { try next(BinaryForm.integer) }

    /// Reads a `uuid` or NULL.
    ///
    /// - Returns: The value; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalUuid() throws(PostgresError) -> UInt128? { try nextOptional(BinaryForm.integer) }

    /// Reads a `timestamptz`.
    ///
    /// - Returns: The microseconds since 2000-01-01 00:00 UTC.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func timestamp() throws(PostgresError) -> Int64 { try next(BinaryForm.integer) }

    /// Reads a `timestamptz` or NULL.
    ///
    /// - Returns: The microseconds since 2000-01-01 00:00 UTC; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalTimestamp() throws(PostgresError) -> Int64? { try nextOptional(BinaryForm.integer) }

    /// Reads a `interval`.
    ///
    /// - Returns: Its microseconds; a day counts 24 hours, a month 30 days.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func interval() throws(PostgresError) -> Int64 { try next(BinaryForm.interval) }

    /// Reads a `interval` or NULL.
    ///
    /// - Returns: Its microseconds; a day counts 24 hours, a month 30 days; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalInterval() throws(PostgresError) -> Int64? { try nextOptional(BinaryForm.interval) }

    /// Reads a `jsonb`.
    ///
    /// - Returns: JSON text.
    /// - Throws: ``PostgresError`` of kind `decoding` for NULL or another type.
    public mutating func jsonb() throws(PostgresError) -> String { try next(BinaryForm.jsonb) }

    /// Reads a `jsonb` or NULL.
    ///
    /// - Returns: JSON text; `nil` for NULL.
    /// - Throws: ``PostgresError`` of kind `decoding` for another type.
    public mutating func optionalJsonb() throws(PostgresError) -> String? { try nextOptional(BinaryForm.jsonb) }
}
