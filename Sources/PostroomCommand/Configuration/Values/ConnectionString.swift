/// Any libpq connection string, several hosts included; empty for what libpq's own environment variables say.
///
/// It may hold a password. No description and no reflection shows one.
struct ConnectionString: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The string for libpq, password included.
    let value: String

    /// Takes a string as it is.
    init(_ value: String) {
        self.value = value
    }

    /// Whether libpq takes it for a connection string: a URL, or settings with `=`, or nothing.
    ///
    /// Whether it leads anywhere is known when it is tried.
    var isPlausible: Bool {
        value.isEmpty || ConnectionURL(value) != nil || ConnectionSettings(value)?.isEmpty == false
    }

    /// The string with everything hidden that is not known to be harmless.
    var redacted: String {
        if value.isEmpty {
            return "(libpq's environment)"
        }
        return ConnectionURL(value)?.redacted ?? ConnectionSettings(value)?.redacted ?? Self.mask
    }

    /// The redacted form.
    var description: String {
        redacted
    }

    /// The redacted form.
    var debugDescription: String {
        redacted
    }

    /// Nothing.
    var customMirror: Mirror {
        Mirror(self, children: [])
    }

    /// What stands in the place of what is hidden.
    static let mask = "***"
}

extension ValueFormat where Value == ConnectionString {
    /// A libpq connection string.
    static let connectionString = ValueFormat(
        "a libpq connection string: 'postgresql://user@host/database' or 'host=… dbname=…'"
    ) { text in
        let string = ConnectionString(text)
        return string.isPlausible ? string : nil
    } write: {
        $0.redacted
    }
}
