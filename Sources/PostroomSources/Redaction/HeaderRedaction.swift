package import PostroomCore

/// A header field as it may be shown.
package struct RedactedField: Hashable, Sendable {
    /// The text in place of a value that is not shown.
    package static let mask = "•••"

    /// Its name.
    package let name: String
    /// Its value, or ``mask``.
    package let value: String
    /// True where the value is hidden.
    package let isHidden: Bool
}

extension SourceRegistry {
    private static let secretWords = [
        "authorization", "cookie", "signature", "token", "secret", "password", "credential", "api-key", "apikey",
        "x-auth-",
    ]

    /// Hides the header fields that let somebody in, or could.
    ///
    /// - Parameter headers: The fields as received.
    /// - Returns: The fields in their order.
    package func redacted(headers: Headers) -> [RedactedField] {
        headers.fields.map { field in
            let isHidden = Self.isSecret(field.name, field.value)
            return RedactedField(
                name: field.name,
                value: isHidden ? RedactedField.mask : field.value,
                isHidden: isHidden
            )
        }
    }

    /// Finds out whether a value is kept back: by the field's name, or because it has the form of a signature, which an
    /// endpoint may have been told to look for in a header of any name.
    private static func isSecret(_ name: String, _ value: String) -> Bool {
        let name = name.lowercased()
        return secretWords.contains { name.contains($0) } || name == "x-auth" || value.hasPrefix("sha256=")
    }
}
