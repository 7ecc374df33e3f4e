/// A libpq connection string of the form `key=value key='value'`, read as libpq reads it.
package struct ConnectionSettings {
    private let settings: [(key: String, value: String)]

    /// Reads a string; `nil` where libpq would refuse the form.
    ///
    /// - Parameter text: Pairs with blanks between them; values with blanks in single quotes, `\` before a quote.
    package init?(_ text: String) {
        var rest = text[...]
        var settings: [(key: String, value: String)] = []
        while true {
            rest = rest.drop(while: \.isWhitespace)
            if rest.isEmpty { break }
            let key = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest[key.endIndex...].drop(while: \.isWhitespace)
            guard !key.isEmpty, rest.first == "=" else { return nil }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            guard let value = Self.takeValue(&rest) else { return nil }
            settings.append((String(key), value))
        }
        self.settings = settings
    }

    /// The value of a keyword, the last one where it comes twice.
    package func value(of key: String) -> String? {
        settings.last { $0.key == key }?.value
    }

    /// Whether there are no settings.
    package var isEmpty: Bool {
        settings.isEmpty
    }

    /// The settings with every value hidden that is not known to be harmless.
    package var redacted: String {
        settings.map { Self.redacted(key: $0.key, value: $0.value) }.joined(separator: " ")
    }

    /// One setting; a key that nobody knows may itself be a piece of a password, and is hidden too.
    package static func redacted(key: String, value: String) -> String {
        if secret.contains(key) {
            return "\(key)=\(ConnectionString.mask)"
        }
        guard harmless.contains(key), !value.contains(where: { "@:".contains($0) }) || key.hasPrefix("host") else {
            return ConnectionString.mask
        }
        let isPlain = !value.isEmpty && !value.contains { $0.isWhitespace || $0 == "'" || $0 == "\\" }
        let escaped = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return isPlain ? "\(key)=\(value)" : "\(key)='\(escaped)'"
    }

    private static let secret: Set<String> = [
        "oauth_client_secret", "options", "password", "scram_client_key", "scram_server_key", "sslpassword",
    ]

    private static let harmless: Set<String> = [
        "application_name", "channel_binding", "connect_timeout", "dbname", "fallback_application_name", "gssencmode",
        "host", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname",
        "load_balance_hosts", "passfile", "port", "require_auth", "service", "sslcert", "sslkey", "sslmode",
        "sslnegotiation", "sslrootcert", "target_session_attrs", "tcp_user_timeout", "user",
    ]

    private static func takeValue(_ rest: inout Substring) -> String? {
        let isQuoted = rest.first == "'"
        if isQuoted {
            rest = rest.dropFirst()
        }
        var value = ""
        while let character = rest.popFirst() {
            if character == "\\" {
                guard let escaped = rest.popFirst() else { break }
                value.append(escaped)
            } else if isQuoted, character == "'" {
                return value
            } else if !isQuoted, character.isWhitespace {
                return value
            } else {
                value.append(character)
            }
        }
        return isQuoted ? nil : value
    }
}
