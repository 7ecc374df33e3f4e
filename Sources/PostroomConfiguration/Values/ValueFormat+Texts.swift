extension ValueFormat where Value == String {
    /// A name or an address of a network interface.
    package static let host = text("an address or a host name, without a port, for example 127.0.0.1") { byte in
        isLetterOrDigit(byte) || ".-_:%".utf8.contains(byte)
    }

    /// The path of a file.
    package static let path = text("the path of a file") { $0 >= 0x20 && $0 != 0x7F }

    /// The name of a header field.
    package static let headerName = text("the name of a header, for example X-Signature-256") { byte in
        isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    /// The path of a member of a JSON body.
    package static let jsonPath = text("the path of a field in the body, for example event.name") {
        $0 >= 0x20 && $0 != 0x7F
    }

    /// A URL over HTTP.
    package static let url = ValueFormat("a URL that begins with https:// or http://") { text in
        let isHTTP = text.hasPrefix("https://") || text.hasPrefix("http://")
        return isHTTP && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
    } write: {
        $0
    }

    /// The name of a Postgres schema that needs no quotes and that Postgres does not keep for itself.
    package static let schemaName = ValueFormat(
        "1 to 63 lower-case letters, digits and underscores, not starting with a digit or 'pg_'"
    ) { text in
        let isAllowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        guard isAllowed, (1...63).contains(text.utf8.count), text.first?.isNumber == false, !text.hasPrefix("pg_")
        else {
            return nil
        }
        return text
    } write: {
        $0
    }

    private static func text(
        _ expectation: String,
        ofBytes isAllowed: @escaping @Sendable (UInt8) -> Bool
    ) -> ValueFormat {
        ValueFormat(expectation) { text in
            text.isEmpty || !text.utf8.allSatisfy(isAllowed) ? nil : text
        } write: {
            $0
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension ValueFormat
where Value: RawRepresentable & CaseIterable, Value.RawValue: LosslessStringConvertible & Sendable {
    /// One of the cases of an enumeration, by its raw value.
    package static var choice: ValueFormat {
        let names = Value.allCases.map { String($0.rawValue) }
        return ValueFormat(
            names.count == 2 ? names.joined(separator: " or ") : "one of " + names.joined(separator: ", ")
        ) {
            Value.RawValue($0).flatMap(Value.init(rawValue:))
        } write: {
            String($0.rawValue)
        }
    }
}
