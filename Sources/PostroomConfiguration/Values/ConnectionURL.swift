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
