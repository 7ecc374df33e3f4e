// Scalars and their optionals. Each call is the next parameter.

extension ParameterWriter {
    /// Writes a `bool`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: Bool) { append(value) }

    /// Writes a `bool` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: Bool?) { append(optional: value) }

    /// Writes a `int2`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: Int16) { append(value) }

    /// Writes a `int2` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: Int16?) { append(optional: value) }

    /// Writes a `int4`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: Int32) { append(value) }

    /// Writes a `int4` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: Int32?) { append(optional: value) }

    /// Writes a `int8`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: Int64) { append(value) }

    /// Writes a `int8` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: Int64?) { append(optional: value) }

    /// Writes a `float8`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: Double) { append(value) }

    /// Writes a `float8` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: Double?) { append(optional: value) }

    /// Writes a `text`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: String) { append(value) }

    /// Writes a `text` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: String?) { append(optional: value) }

    /// Writes a `bytea`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: [UInt8]) { append(value) }

    /// Writes a `bytea` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: [UInt8]?) { append(optional: value) }

    /// Writes a `uuid`.
    ///
    /// - Parameter value: The value.
    public mutating func write(_ value: UInt128) { append(value) }

    /// Writes a `uuid` or NULL.
    ///
    /// - Parameter value: The value; `nil` is NULL.
    public mutating func write(_ value: UInt128?) { append(optional: value) }

    /// Writes an `interval`.
    ///
    /// - Parameter microseconds: Its length.
    public mutating func writeInterval(microseconds: Int64) { append(BinaryInterval(microseconds: microseconds)) }

    /// Writes an `interval` or NULL.
    ///
    /// - Parameter microseconds: Its length; `nil` is NULL.
    public mutating func writeInterval(microseconds: Int64?) {
        append(optional: microseconds.map(BinaryInterval.init))
    }

    /// Writes a `timestamptz`.
    ///
    /// - Parameter microseconds: The microseconds since 2000-01-01 00:00 UTC.
    public mutating func writeTimestamp(_ microseconds: Int64) { append(BinaryTimestamp(microseconds: microseconds)) }

    /// Writes a `timestamptz` or NULL.
    ///
    /// - Parameter microseconds: The microseconds since 2000-01-01 00:00 UTC; `nil` is NULL.
    public mutating func writeTimestamp(_ microseconds: Int64?) {
        append(optional: microseconds.map(BinaryTimestamp.init))
    }

    /// Writes a `jsonb`.
    ///
    /// - Parameter text: JSON.
    public mutating func writeJSONB(_ text: String) { append(BinaryJSON(text: text)) }

    /// Writes a `jsonb` or NULL.
    ///
    /// - Parameter text: JSON; `nil` is NULL.
    public mutating func writeJSONB(_ text: String?) { append(optional: text.map(BinaryJSON.init)) }
}
