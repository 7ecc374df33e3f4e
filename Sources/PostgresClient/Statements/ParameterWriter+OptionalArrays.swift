// Arrays that may be NULL as a whole. Each call is the next parameter.

extension ParameterWriter {
    /// Writes an `int8[]`, or NULL.
    ///
    /// - Parameter values: The elements, or `nil`.
    public mutating func write(_ values: [Int64]?) { append(optionalArray: values) }

    /// Writes a `text[]`, or NULL.
    ///
    /// - Parameter values: The elements, or `nil`.
    public mutating func write(_ values: [String]?) { append(optionalArray: values) }
}
