/// The reading and writing of a setting's text, and the words for a person whose text does not fit.
package struct ValueFormat<Value: Sendable>: Sendable {
    /// The values that fit, as they stand after "expected": for example `a whole number from 1 to 64`.
    package let expectation: String
    /// The values that fit, in a word or two: for example `1–64`.
    package let range: String
    /// Reads a value.
    package let read: @Sendable (_ text: String) throws(ValueRefusal) -> Value
    /// Writes a value in the form that is read.
    package let write: @Sendable (Value) -> String

    /// Describes a format whose refusals need no more words than its expectation.
    package init(
        _ expectation: String,
        range: String,
        read: @escaping @Sendable (_ text: String) -> Value?,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.init(expectation, range: range) { text throws(ValueRefusal) in
            guard let value = read(text) else { throw ValueRefusal() }
            return value
        } write: {
            write($0)
        }
    }

    /// Describes a format that can explain its refusals.
    package init(
        _ expectation: String,
        range: String,
        explaining read: @escaping @Sendable (_ text: String) throws(ValueRefusal) -> Value,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.expectation = expectation
        self.range = range
        self.read = read
        self.write = write
    }
}

/// The reason why a text does not fit.
package struct ValueRefusal: Error, Hashable {
    /// The advice, where the expectation alone does not say it.
    package let hint: String?

    package init(hint: String? = nil) {
        self.hint = hint
    }
}
