import PostgresClient
package import PostroomCore
package import PostroomInbox

// The formats of settings, by the type of their values.

extension ValueFormat where Value == Bool {
    /// Yes or no.
    package static let flag = ValueFormat("true or false", range: "true, false") { text in
        Bool(text)
    } write: {
        "\($0)"
    }
}

extension ValueFormat where Value == Int {
    /// Whole numbers of a range.
    package static func number(_ range: ClosedRange<Int>) -> ValueFormat {
        ValueFormat(
            "a whole number from \(range.lowerBound) to \(range.upperBound)",
            range: "\(range.lowerBound)–\(range.upperBound)"
        ) { text in
            wholeNumber(text).flatMap { range.contains($0) ? $0 : nil }
        } write: {
            String($0)
        }
    }

    /// Port numbers; 0 lets the system choose a free one.
    package static let port = ValueFormat("a port number from 1 to 65535, or 0 for any free port", range: "0–65535") {
        text throws(ValueRefusal) in
        guard let port = wholeNumber(text), (0...65535).contains(port) else {
            throw ValueRefusal(hint: Self.serviceLinkHint(text))
        }
        return port
    } write: {
        String($0)
    }

    /// Sizes of a range, in bytes.
    package static func bytes(_ range: ClosedRange<ByteSize>) -> ValueFormat {
        ValueFormat(
            "a size from \(range.lowerBound) to \(range.upperBound), for example 64KiB, 1MiB or 65536",
            range: "\(range.lowerBound)–\(range.upperBound)"
        ) { text in
            ByteSize(parsing: text).flatMap { range.contains($0) ? $0.bytes : nil }
        } write: {
            ByteSize(bytes: $0).description
        }
    }

    /// Kubernetes puts variables like `POSTROOM_RECEIVER_PORT=tcp://10.0.0.1:80` into pods beside a service of that name.
    private static func serviceLinkHint(_ text: String) -> String? {
        guard text.hasPrefix("tcp://") || text.hasPrefix("udp://") else { return nil }
        return "Kubernetes sets this for a service of that name; set 'enableServiceLinks: false' in the pod"
    }
}

/// Digits only: `Int` alone would take a sign.
private func wholeNumber(_ text: String) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
}

extension ValueFormat where Value == Double {
    /// A part from 0.01 to 1, written in hundredths.
    package static let hundredths = ValueFormat("a whole number from 1 to 100", range: "1–100") { text in
        wholeNumber(text).flatMap { (1...100).contains($0) ? Double($0) / 100 : nil }
    } write: {
        String(Int(($0 * 100).rounded()))
    }
}

extension ValueFormat where Value == Duration {
    /// Durations of a range.
    package static func duration(_ range: ClosedRange<Duration>) -> ValueFormat {
        let (least, most) = (DurationText.render(range.lowerBound), DurationText.render(range.upperBound))
        return ValueFormat(
            "a duration from \(least) to \(most), for example 500ms, 15s, 2h or 30d",
            range: "\(least)–\(most)"
        ) { text throws(ValueRefusal) in
            guard let duration = DurationText.parse(text) else {
                let isBareNumber = MeasuredText.parts(of: text).map { $0.count == 1 && $0[0].unit.isEmpty } ?? false
                throw ValueRefusal(hint: isBareNumber ? "a unit is missing; write '\(text)s' for seconds" : nil)
            }
            guard range.contains(duration) else { throw ValueRefusal() }
            return duration
        } write: {
            DurationText.render($0)
        }
    }
}

extension ValueFormat where Value == Duration? {
    /// Durations of a range, or `keep` for none.
    package static func durationOrKeep(_ range: ClosedRange<Duration>) -> ValueFormat {
        let duration = ValueFormat<Duration>.duration(range)
        return ValueFormat("keep, or \(duration.expectation)", range: "keep, \(duration.range)") {
            text throws(ValueRefusal) in
            text == "keep" ? nil : try duration.read(text)
        } write: {
            $0.map(duration.write) ?? "keep"
        }
    }
}

extension ValueFormat where Value == String {
    /// A name or an address of a network interface.
    package static let host = text(
        "an address or a host name, without a port, for example 127.0.0.1",
        range: "an address"
    ) { byte in
        isLetterOrDigit(byte) || ".-_:%".utf8.contains(byte)
    }

    /// The path of a file.
    package static let path = text("the path of a file", range: "a path") { $0 >= 0x20 && $0 != 0x7F }

    /// The beginning of a URL's path; empty for none, and without a slash at its end.
    package static let pathPrefix = ValueFormat(
        "the beginning of a path, such as /webhooks",
        range: "a path"
    ) { text in
        let prefix = String(text.prefix(text.reversed().drop { $0 == "/" }.count))
        let isPath = prefix.isEmpty || prefix.hasPrefix("/")
        return isPath && prefix.utf8.allSatisfy { isLetterOrDigit($0) || "/-_.~%".utf8.contains($0) } ? prefix : nil
    } write: {
        $0
    }

    /// The name of a header field.
    package static let headerName = text(
        "the name of a header, for example X-Signature-256",
        range: "a header's name"
    ) { byte in
        isLetterOrDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    /// The path of a member of a JSON body.
    package static let jsonPath = text("the path of a field in the body, for example event.name", range: "a JSON path")
    {
        $0 >= 0x20 && $0 != 0x7F
    }

    /// A URL over HTTP.
    package static let url = ValueFormat("a URL that begins with https:// or http://", range: "a URL") { text in
        let isHTTP = text.hasPrefix("https://") || text.hasPrefix("http://")
        return isHTTP && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
    } write: {
        $0
    }

    /// A libpq connection string, written without what may be secret in it.
    package static let connectionString = ValueFormat(
        "a libpq connection string: 'postgresql://user@host/database' or 'host=… dbname=…'",
        range: "a connection string"
    ) { text throws(ValueRefusal) in
        // Files and variables that hold it end in a line feed more often than not.
        let string = String(text.prefix(text.reversed().drop { $0.isWhitespace }.count))
        guard ConnectionString(string).isPlausible else { throw ValueRefusal() }
        if let problem = PostgresConfiguration.problem(with: string) { throw ValueRefusal(hint: problem) }
        return string
    } write: {
        ConnectionString($0).redacted
    }

    /// The connection string of one server among several, or `retired` for a place that is left empty.
    package static let serverPlace = ValueFormat(
        "a libpq connection string, or 'retired' for a server that is gone",
        range: "connection strings"
    ) { text throws(ValueRefusal) in
        text == InboxConfiguration.retired ? text : try connectionString.read(text)
    } write: {
        $0 == InboxConfiguration.retired ? $0 : connectionString.write($0)
    }

    private static func text(
        _ expectation: String,
        range: String,
        ofBytes isAllowed: @escaping @Sendable (UInt8) -> Bool
    ) -> ValueFormat {
        ValueFormat(expectation, range: range) { text in
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

extension ValueFormat where Value == SchemaName {
    /// The name of a Postgres schema that needs no quotes and that Postgres does not keep for itself.
    package static let schemaName = ValueFormat(
        "1 to 63 lower-case letters, digits and underscores, not starting with a digit or 'pg_'",
        range: "a plain name"
    ) { text in
        text.hasPrefix("pg_") ? nil : SchemaName(text)
    } write: {
        $0.description
    }
}

extension ValueFormat where Value == AddressRange {
    /// An IP address, or a range of them.
    package static let addressRange = ValueFormat(
        "an IP address or a range such as 10.0.0.0/8 or fd00::/8",
        range: "addresses"
    ) { text in
        AddressRange(text)
    } write: {
        $0.description
    }
}

extension ValueFormat where Value == Source {
    /// Any name: the sources that there are are checked when all is read.
    package static let source = ValueFormat("the name of a source", range: "a source") { text in
        text.isEmpty ? nil : Source(rawValue: text)
    } write: {
        $0.rawValue
    }
}

extension ValueFormat
where Value: RawRepresentable & CaseIterable, Value.RawValue: LosslessStringConvertible & Sendable {
    /// One of the cases of an enumeration, by its raw value.
    package static var choice: ValueFormat {
        let names = Value.allCases.map { String($0.rawValue) }
        return ValueFormat(
            names.count == 2 ? names.joined(separator: " or ") : "one of " + names.joined(separator: ", "),
            range: names.joined(separator: ", ")
        ) {
            Value.RawValue($0).flatMap(Value.init(rawValue:))
        } write: {
            String($0.rawValue)
        }
    }
}
