// Arrays of one dimension, without and with NULL elements. Each call is the next parameter.

extension ParameterWriter {
    /// Writes a `bool[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [Bool]) { append(array: values) }

    /// Writes a `bool[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [Bool?]) { append(optionals: values) }

    /// Writes a `int2[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [Int16]) { append(array: values) }

    /// Writes a `int2[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [Int16?]) { append(optionals: values) }

    /// Writes a `int4[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [Int32]) { append(array: values) }

    /// Writes a `int4[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [Int32?]) { append(optionals: values) }

    /// Writes a `int8[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [Int64]) { append(array: values) }

    /// Writes a `int8[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [Int64?]) { append(optionals: values) }

    /// Writes a `float8[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [Double]) { append(array: values) }

    /// Writes a `float8[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [Double?]) { append(optionals: values) }

    /// Writes a `text[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [String]) { append(array: values) }

    /// Writes a `text[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [String?]) { append(optionals: values) }

    /// Writes a `bytea[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [[UInt8]]) { append(array: values) }

    /// Writes a `bytea[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [[UInt8]?]) { append(optionals: values) }

    /// Writes a `uuid[]`.
    ///
    /// - Parameter values: The elements.
    public mutating func write(_ values: [UInt128]) { append(array: values) }

    /// Writes a `uuid[]` that may hold NULLs.
    ///
    /// - Parameter values: The elements; `nil` is NULL.
    public mutating func write(_ values: [UInt128?]) { append(optionals: values) }

    /// Writes `interval[]`.
    ///
    /// - Parameter microseconds: Their lengths in microseconds.
    public mutating func writeIntervals(_ microseconds: [Int64]) {
        append(array: microseconds.lazy.map { BinaryInterval(microseconds: $0) })
    }

    /// Writes `interval[]` that may hold NULLs.
    ///
    /// - Parameter microseconds: Their lengths in microseconds; `nil` is NULL.
    public mutating func writeIntervals(_ microseconds: [Int64?]) {
        append(optionals: microseconds.lazy.map { $0.map(BinaryInterval.init) })
    }

    /// Writes `timestamptz[]`.
    ///
    /// - Parameter microseconds: Their microseconds since 2000-01-01 00:00 UTC.
    public mutating func writeTimestamps(_ microseconds: [Int64]) {
        append(array: microseconds.lazy.map { BinaryTimestamp(microseconds: $0) })
    }

    /// Writes `timestamptz[]` that may hold NULLs.
    ///
    /// - Parameter microseconds: Their microseconds since 2000-01-01 00:00 UTC; `nil` is NULL.
    public mutating func writeTimestamps(_ microseconds: [Int64?]) {
        append(optionals: microseconds.lazy.map { $0.map(BinaryTimestamp.init) })
    }

    /// Writes `jsonb[]`.
    ///
    /// - Parameter texts: JSON, one text for each element.
    public mutating func writeJSONBs(_ texts: [String]) { append(array: texts.lazy.map { BinaryJSON(text: $0) }) }

    /// Writes `jsonb[]` that may hold NULLs.
    ///
    /// - Parameter texts: JSON, one text for each element; `nil` is NULL.
    public mutating func writeJSONBs(_ texts: [String?]) {
        append(optionals: texts.lazy.map { $0.map(BinaryJSON.init) })
    }
}
