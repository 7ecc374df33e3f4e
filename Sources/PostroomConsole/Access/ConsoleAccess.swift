package import PostroomCore

/// The rules by which people get into the console.
package struct ConsoleAccess: Sendable {
    /// The tokens that let somebody look.
    package var readingTokens: [Sensitive<String>] = []
    /// The tokens that let somebody act, too.
    package var actingTokens: [Sensitive<String>] = []
    /// The proxy that says who somebody is, or `nil`.
    package var proxy: TrustedProxy?
    /// The time after which a login ends.
    package var sessionLength: Duration = .seconds(12 * 3600)
    /// The URL that people reach the admin address under, where a proxy gives it another.
    package var url: String?
    /// True if the admin address is reachable from its own machine only.
    package var isLoopbackOnly: Bool

    /// The rules of a console without a login.
    package init(isLoopbackOnly: Bool) {
        self.isLoopbackOnly = isLoopbackOnly
    }

    /// True if there is a login by token.
    var hasTokens: Bool {
        !readingTokens.isEmpty || !actingTokens.isEmpty
    }

    /// True if browsers reach it by TLS.
    var isSecure: Bool {
        url?.hasPrefix("https://") == true
    }

    /// The path of the URL that people reach the admin address under, without a slash at its end.
    var prefix: String {
        guard let url else { return "" }
        let plain = url.prefix { $0 != "?" && $0 != "#" }
        // The scheme and the host come before it.
        return plain.split(separator: "/").dropFirst(2).map { "/" + $0 }.joined()
    }
}

/// A reverse proxy that says who somebody is.
package struct TrustedProxy: Sendable {
    /// The header that holds the name, in lower case.
    package let header: String
    /// Tells whether a peer is the proxy.
    package let isTrusted: @Sendable (_ peer: String) -> Bool
    /// The names of those who may act; `*` stands for all.
    package let acting: [String]

    /// Describes a proxy.
    package init(header: String, acting: [String], isTrusted: @escaping @Sendable (_ peer: String) -> Bool) {
        self.header = header.lowercased()
        self.acting = acting
        self.isTrusted = isTrusted
    }
}

/// The things that somebody may do.
enum Role: String, Comparable, Sendable {
    /// Look.
    case reading
    /// Look and act.
    case acting

    static func < (left: Role, right: Role) -> Bool {
        left == .reading && right == .acting
    }
}

/// Somebody who was let in.
struct Visitor: Sendable {
    /// The name under which actions are noted.
    let actor: String
    /// The things that they may do.
    let role: Role
    /// The session, where there is one.
    var session: Session?
}

/// The decision about a request.
enum Admission: Sendable {
    /// It comes from somebody who may look at least.
    case admitted(Visitor)
    /// It comes from somebody who has to log in first.
    case loginNeeded
    /// It is refused, for a reason that is told.
    case refused(String)
}

extension ConsoleAccess {
    /// Decides about a request.
    func admit(_ request: ConsoleRequest, now: Timestamp) -> Admission {
        if let proxy, let peer = request.peer, proxy.isTrusted(peer) {
            if let name = request.header(proxy.header), !name.isEmpty, name.utf8.count <= 200 {
                let mayAct = proxy.acting.contains { $0 == "*" || $0 == name }
                return .admitted(Visitor(actor: name, role: mayAct ? .acting : .reading))
            }
            guard hasTokens else {
                return .refused("The proxy sent no \(proxy.header) header, so nobody knows who you are.")
            }
        }
        if hasTokens {
            guard let text = request.cookies[SessionCookie.name(isSecure: isSecure)],
                let session = Session(text, access: self, now: now)
            else { return .loginNeeded }
            return .admitted(Visitor(actor: session.actor, role: session.role, session: session))
        }
        if proxy != nil {
            return .refused("Only the proxy named in admin.console.proxy may ask here.")
        }
        return admitWithoutLogin(request)
    }

    /// Lets only this machine in: its own address, under its own name, and not through a proxy.
    ///
    /// The name is looked at because a web page can point a name of its own at this machine and ask from a browser here.
    private func admitWithoutLogin(_ request: ConsoleRequest) -> Admission {
        let advice =
            "The console has no login, so it answers only on this machine. Configure admin.console.reading-tokens or "
            + "admin.console.acting-tokens, or a trusted proxy with admin.console.proxy."
        let forwarding = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"]
        guard isLoopbackOnly, let peer = request.peer, Loopback.isAddress(peer),
            let host = request.header("host"), Loopback.isHost(host),
            forwarding.allSatisfy({ request.headers[$0] == nil })
        else { return .refused(advice) }
        return .admitted(Visitor(actor: "local", role: .acting))
    }
}

/// The names and addresses by which a machine reaches itself.
package enum Loopback {
    /// Tells whether a name or an address without a port is one of them.
    package static func isAddress(_ text: String) -> Bool {
        let text = text.lowercased()
        if text == "localhost" || text == "::1" || text == "0:0:0:0:0:0:0:1" { return true }
        let numbers = (text.hasPrefix("::ffff:") ? text.dropFirst(7) : text[...])
            .split(
                separator: ".",
                omittingEmptySubsequences: false
            )
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    /// Tells whether the value of a `Host` header names this machine.
    static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") {
            let parts = host.dropFirst().split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && (parts[1].isEmpty || isPort(parts[1])) && isAddress(String(parts[0]))
        }
        let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return isAddress(String(parts[0])) && (parts.count == 1 || UInt16(parts[1]) != nil)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && UInt16(text.dropFirst()) != nil
    }
}
