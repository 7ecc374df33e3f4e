import PostroomCore

/// A URL that a forwarder posts to, taken apart strictly: two readers of one URL must not see two hosts.
package struct HTTPTarget: Hashable, Sendable {
    /// True where the connection is one of TLS.
    package let isSecure: Bool
    /// The host: a name in lower case, or an address without brackets.
    package let host: String
    /// The port.
    package let port: Int
    /// The path and the query.
    package let path: String

    /// The reason why a text is no such URL, and the advice.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// Takes a URL apart.
    package init(_ url: String) throws(Problem) {
        let rest: Substring
        if url.hasPrefix("https://") {
            (isSecure, rest) = (true, url.dropFirst(8))
        } else if url.hasPrefix("http://") {
            (isSecure, rest) = (false, url.dropFirst(7))
        } else {
            throw Problem(description: "has to begin with https:// or http://")
        }
        guard !url.contains("#") else {
            throw Problem(description: "has a fragment, which no server is sent; leave out what begins with '#'")
        }
        let authority = rest.prefix { !"/?".contains($0) }
        guard !authority.contains("@") else {
            throw Problem(
                description: "has credentials in it; give them by reference: headers: [\"Authorization: env:NAME\"]"
            )
        }
        let path = rest[authority.endIndex...]
        self.path = path.hasPrefix("/") ? String(path) : "/" + path
        let (host, port) = try Self.split(authority)
        self.host = host
        self.port =
            try port.map { text throws(Problem) in
                guard let number = Int(text), (1...65535).contains(number), text.utf8.allSatisfy(Self.isDigit) else {
                    throw Problem(description: "has a port that is none; it is a number from 1 to 65535")
                }
                return number
            } ?? (isSecure ? 443 : 80)
    }

    /// The URL in the form in which it is requested.
    package var url: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(host):\(port)\(path)"
    }

    /// The reason why the host is refused by itself, without a lookup; `nil` for a name, and for what may be connected to.
    ///
    /// A name is checked when it is connected to.
    package var refusal: String? {
        if host == "localhost" || host.hasSuffix(".localhost") {
            return "localhost is this machine"
        }
        let address = HostLookup.literal(host)
        return address.flatMap { address in
            AddressRule(allowsPrivate: false).refusal(of: address).map { "\(address) is \($0)" }
        }
    }

    private static func split(_ authority: Substring) throws(Problem) -> (host: String, port: Substring?) {
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]"),
                let address = IPAddress(authority[authority.index(after: authority.startIndex)..<close])
            else {
                throw Problem(description: "has no address of IPv6 between its brackets")
            }
            let rest = authority[authority.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw Problem(description: "has something other than a port after its address")
            }
            return (address.description, rest.isEmpty ? nil : rest.dropFirst())
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let host = String(parts[0]).lowercased()
        guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy(isHostByte), !host.hasPrefix(".") else {
            throw Problem(
                description:
                    "has no host name of letters, digits, dots and hyphens; write other letters in Punycode (xn--…)"
            )
        }
        return (host, parts.count == 2 ? parts[1] : nil)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || isDigit(byte) || ".-_".utf8.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
