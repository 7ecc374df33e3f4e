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

    /// A mark of texts that libpq takes for a connection string: a URL, or settings with `=`, or nothing.
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

    /// A mirror without children.
    package var customMirror: Mirror {
        Mirror(self, children: [])
    }

    /// The text in the place of a hidden one.
    package static let mask = "***"
}

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

    /// A mark of a string without settings.
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

/// A libpq connection string in the form of a URL.
package struct ConnectionURL {
    private let scheme: String
    private let rest: Substring

    /// Reads a string; `nil` where it is no URL with one of libpq's schemes.
    package init?(_ text: String) {
        guard let scheme = ["postgresql://", "postgres://"].first(where: text.hasPrefix) else { return nil }
        self.scheme = scheme
        self.rest = text.dropFirst(scheme.count)
    }

    /// The URL with everything hidden that is not known to be harmless.
    ///
    /// Passwords get written into URLs with `@`, `/` and `?` unescaped, and libpq then reads something else. So whatever
    /// stands before the last `@` counts as credentials, nothing at all is shown where that reaches over a `/` or a `?`,
    /// and every later part is shown only if it has the form that it should have.
    package var redacted: String {
        var shown = scheme
        var location = rest
        if let at = rest.lastIndex(of: "@") {
            let credentials = rest[..<at]
            guard !credentials.contains(where: { "/?".contains($0) }) else { return scheme + ConnectionString.mask }
            let user = credentials.prefix { $0 != ":" }
            shown += Self.ifHarmless(user) + (user.endIndex == at ? "@" : ":\(ConnectionString.mask)@")
            location = rest[rest.index(after: at)...]
        }
        let authority = location.prefix { $0 != "/" && $0 != "?" }
        shown += authority.split(separator: ",", omittingEmptySubsequences: false).map(Self.redactedHost)
            .joined(separator: ",")
        let path = location[authority.endIndex...].prefix { $0 != "?" }
        if !path.isEmpty {
            shown += "/" + Self.ifHarmless(path.dropFirst())
        }
        let query = location[path.endIndex...]
        if !query.isEmpty {
            shown += "?" + Self.redactedQuery(query.dropFirst())
        }
        return shown
    }

    private static func redactedHost(_ host: Substring) -> String {
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } : host.prefix { $0 != ":" }
        let shownName = name.allSatisfy { isHarmless($0) || ":[".contains($0) } ? String(name) : ConnectionString.mask
        let port = host[name.endIndex...].drop { $0 == "]" }
        let bracket = host[name.endIndex...].hasPrefix("]") ? "]" : ""
        let isPort = port.first == ":" && UInt16(port.dropFirst()) != nil
        return shownName + bracket + (port.isEmpty || isPort ? String(port) : ":\(ConnectionString.mask)")
    }

    private static func redactedQuery(_ query: Substring) -> String {
        query.split(separator: "&", omittingEmptySubsequences: false)
            .map { pair in
                let key = pair.prefix { $0 != "=" }
                return ConnectionSettings.redacted(key: String(key), value: String(pair[key.endIndex...].dropFirst()))
            }
            .joined(separator: "&")
    }

    private static func ifHarmless(_ text: Substring) -> String {
        text.allSatisfy(isHarmless) ? String(text) : ConnectionString.mask
    }

    private static func isHarmless(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-%~".contains(character))
    }
}
