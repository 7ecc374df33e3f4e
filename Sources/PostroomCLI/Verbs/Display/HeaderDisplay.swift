import PostroomCore

/// The header fields of a delivery as they may be shown: what lets somebody in, or could, is not.
struct HeaderDisplay: Sendable {
    /// What stands in place of a value that is not shown.
    static let mask = "•••"

    private static let secretWords = [
        "authorization", "cookie", "signature", "token", "secret", "password", "credential", "api-key", "apikey",
        "x-auth-",
    ]

    /// The fields in their order, with masks.
    let fields: [(name: String, value: String)]

    /// Masks the fields of a delivery.
    init(_ headers: Headers) {
        self.fields = headers.fields.map { field in
            (field.name, Self.isSecret(field.name, field.value) ? Self.mask : field.value)
        }
    }

    /// Whether a value is kept back: by the field's name, or because it has the form of a signature, which an endpoint
    /// may have been told to look for in a header of any name.
    private static func isSecret(_ name: String, _ value: String) -> Bool {
        let name = name.lowercased()
        return secretWords.contains { name.contains($0) } || name == "x-auth" || value.hasPrefix("sha256=")
    }

    /// The fields for machines: an array, as names may stand there more than once.
    var json: JSONTree {
        .array(fields.map { .object([JSONTree.Member("name", .string($0.name)), .init("value", .string($0.value))]) })
    }

    /// Writes the fields for people, a line each.
    func write(to output: CommandOutput) {
        output.line("\n" + output.paint("headers", .bold))
        for field in fields {
            let name = EscapedText.of(field.name)
            output.line("  \(name): \(EscapedText.of(field.value))")
        }
    }
}
