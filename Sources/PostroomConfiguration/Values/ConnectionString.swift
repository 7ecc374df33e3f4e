import PostgresClient

/// Any libpq connection string, several hosts included; empty for what libpq's own environment variables say.
///
/// It may hold a password. No description and no reflection shows one.
package struct ConnectionString: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The string for libpq, password included.
    package let value: String

    /// Takes a string as it is.
    package init(_ value: String) {
        self.value = value
    }

    /// Whether libpq takes it for a connection string: a URL, or settings with `=`, or nothing.
    ///
    /// Whether it leads anywhere is known when it is tried.
    package var isPlausible: Bool {
        value.isEmpty || ConnectionURL(value) != nil || ConnectionSettings(value)?.isEmpty == false
    }

    /// The string with everything hidden that is not known to be harmless.
    package var redacted: String {
        if value.isEmpty {
            return "(libpq's environment)"
        }
        return ConnectionURL(value)?.redacted ?? ConnectionSettings(value)?.redacted ?? Self.mask
    }

    /// The redacted form.
    package var description: String {
        redacted
    }

    /// The redacted form.
    package var debugDescription: String {
        redacted
    }

    /// Nothing.
    package var customMirror: Mirror {
        Mirror(self, children: [])
    }

    /// What stands in the place of what is hidden.
    package static let mask = "***"
}

extension ValueFormat where Value == ConnectionString {
    /// A libpq connection string.
    package static let connectionString = ValueFormat(
        "a libpq connection string: 'postgresql://user@host/database' or 'host=… dbname=…'"
    ) { text throws(ValueRefusal) in
        // Files and variables that hold it end in a line feed more often than not.
        let end = text.reversed().drop { $0.isWhitespace }.count
        let string = ConnectionString(String(text.prefix(end)))
        guard string.isPlausible else { throw ValueRefusal() }
        if let problem = PostgresConfiguration.problem(with: string.value) { throw ValueRefusal(hint: problem) }
        return string
    } write: {
        $0.redacted
    }
}
