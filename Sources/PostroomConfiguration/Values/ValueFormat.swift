/// How the text of a setting becomes a value, and what to tell a person whose text does not fit.
package struct ValueFormat<Value: Sendable>: Sendable {
    /// What is expected, as it stands after "expected": for example `a whole number from 1 to 64`.
    package let expectation: String
    /// Reads a value.
    package let read: @Sendable (_ text: String) throws(ValueRefusal) -> Value
    /// Writes a value in the form that is read.
    package let write: @Sendable (Value) -> String

    /// Describes a format whose refusals need no more words than its expectation.
    package init(
        _ expectation: String,
        read: @escaping @Sendable (_ text: String) -> Value?,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.init(expectation) { text throws(ValueRefusal) in
            guard let value = read(text) else { throw ValueRefusal() }
            return value
        } write: {
            write($0)
        }
    }

    /// Describes a format that can explain its refusals.
    package init(
        _ expectation: String,
        explaining read: @escaping @Sendable (_ text: String) throws(ValueRefusal) -> Value,
        write: @escaping @Sendable (Value) -> String
    ) {
        self.expectation = expectation
        self.read = read
        self.write = write
    }
}

/// Why a text does not fit.
package struct ValueRefusal: Error, Hashable {
    /// What to do, where the expectation alone does not say it.
    package let hint: String?

    package init(hint: String? = nil) {
        self.hint = hint
    }
}
