/// Finds the error code behind the text of a failed connect.
///
/// libpq 15 does not hand over the code, so the texts of the server that matter are recognized. A text in another
/// language has no code, and counts as transient.
enum ConnectFailure {
    private static let texts: [(String, SQLState)] = [
        ("password authentication failed", .invalidPassword),
        ("authentication failed", .invalidAuthorization),
        ("no password supplied", .invalidPassword),
        ("no pg_hba.conf entry", .invalidAuthorization),
        ("pg_hba.conf rejects", .invalidAuthorization),
        ("is not permitted to log in", .invalidAuthorization),
        ("the database system is", .cannotConnectNow),
        ("terminating connection due to administrator command", .adminShutdown),
        ("too many clients already", .tooManyConnections),
        ("too many connections for", .tooManyConnections),
        ("remaining connection slots are reserved", .tooManyConnections),
        ("permission denied for database", .insufficientPrivilege),
    ]

    static func state(of message: String) -> SQLState? {
        // With several hosts the text has a line for each: any that may get better makes the whole transient.
        let states = texts.filter { message.contains($0.0) }.map(\.1)
        if let transient = states.first(where: { !(.invalidAuthorization ~= $0) && $0 != .insufficientPrivilege }) {
            return transient
        }
        let refused = message.contains("onnection refused") || message.contains("timeout expired")
        if refused { return nil }
        if message.contains("role \""), message.contains("does not exist") { return .invalidAuthorization }
        if message.contains("database \""), message.contains("does not exist") { return .invalidCatalogName }
        return states.first
    }

    /// Puts a text of libpq on one line, without any of the secrets.
    static func tidy(_ message: String, hiding secrets: [String]) -> String {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        var text = lines.joined(separator: "; ")
        for secret in secrets where !secret.isEmpty {
            text = replacing(secret, in: text)
        }
        return text
    }

    private static func replacing(_ secret: String, in text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let range = rest.firstRange(of: secret) {
            result += rest[..<range.lowerBound] + "***"
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
