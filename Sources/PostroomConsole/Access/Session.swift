import Crypto
import FoundationEssentials
import PostroomCore

/// A login: who, with which token, until when.
///
/// Nothing of it is kept here. A browser holds it in a cookie that is signed by a key made of the token that it was begun
/// with, so that each process which knows the token accepts it, and it ends where the token is taken out of the
/// configuration.
struct Session: Sendable {
    /// The name under which actions are noted.
    let actor: String
    /// The things that it allows, by the token.
    let role: Role
    /// The secret of the forms that it sends.
    let formSecret: String
    /// The value of its cookie.
    let cookie: String

    private static let longestActor = 64

    /// Begins a session with a token.
    ///
    /// - Returns: `nil` where there is no such token.
    init?(token: String, name: String, access: ConsoleAccess, now: Timestamp) {
        guard let (token, role) = access.token(equalTo: token) else { return nil }
        var random = SystemRandomNumberGenerator()
        let nonce = Hexadecimal.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
        let actor = Self.actor(name, role)
        let parts = [
            "1", token.identity, String((now + access.sessionLength).rawValue), nonce,
            Hexadecimal.encode(actor.utf8),
        ]
        let text = parts.joined(separator: ".")
        self.actor = actor
        self.role = role
        self.formSecret = token.sign("form " + nonce)
        self.cookie = text + "." + token.sign("session " + text)
    }

    /// Reads a session from a cookie.
    ///
    /// - Returns: `nil` where its signature is wrong, its time is over, or its token is configured no more.
    init?(_ cookie: String, access: ConsoleAccess, now: Timestamp) {
        let parts = cookie.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "1", cookie.utf8.count < 1024,
            let (token, role) = access.token(identity: parts[1]),
            token.isSignature(parts[5], of: "session " + parts[..<5].joined(separator: ".")),
            let end = Int64(parts[2]), end > now.rawValue,
            let actor = Hexadecimal.decode(parts[4].utf8).flatMap({ String(validating: $0, as: UTF8.self) })
        else { return nil }
        self.actor = actor
        self.role = role
        self.formSecret = token.sign("form " + parts[3])
        self.cookie = cookie
    }

    private static func actor(_ name: String, _ role: Role) -> String {
        let plain = name.unicodeScalars.filter { !EscapedText.isActive($0) }
        var text = String(String.UnicodeScalarView(plain))
        text = String(text.drop(while: \.isWhitespace).prefix(longestActor))
        return text.isEmpty ? "console" : text
    }
}

/// The cookie of a session.
enum SessionCookie {
    /// Its name: behind TLS one that a browser takes from this host alone.
    static func name(isSecure: Bool) -> String {
        isSecure ? "__Host-postroom-session" : "postroom-session"
    }

    /// The header field that sets a cookie; an empty value with a length of 0 ends it.
    static func field(_ name: String, _ value: String, isSecure: Bool, length: Duration?) -> (
        name: String, value: String
    ) {
        let age = length.map { "; Max-Age=\($0.components.seconds)" } ?? ""
        let secure = isSecure ? "; Secure" : ""
        return ("Set-Cookie", "\(name)=\(value); Path=/; HttpOnly; SameSite=Strict\(age)\(secure)")
    }
}

/// A configured token, of which only keys are used.
private struct AccessToken {
    private let key: SymmetricKey

    init(_ token: Sensitive<String>) {
        key = SymmetricKey(data: SHA256.hash(data: Array("postroom console token ".utf8) + Array(token.exposed.utf8)))
    }

    /// A short name of the token, which tells nothing of it.
    var identity: String {
        Hexadecimal.encode(Array(HMAC<SHA256>.authenticationCode(for: Array("identity".utf8), using: key)).prefix(8))
    }

    func sign(_ text: String) -> String {
        Hexadecimal.encode(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    /// Compares in a time that tells nothing.
    func isSignature(_ signature: String, of text: String) -> Bool {
        guard let bytes = Hexadecimal.decode(signature.utf8) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: Array(text.utf8), using: key)
    }

    /// Compares hashes, in a time that tells nothing.
    func isEqual(to other: AccessToken) -> Bool {
        isSignature(other.sign("equal"), of: "equal")
    }
}

extension ConsoleAccess {
    private var tokens: [(AccessToken, Role)] {
        actingTokens.map { (AccessToken($0), .acting) } + readingTokens.map { (AccessToken($0), .reading) }
    }

    /// The configured token of that text.
    ///
    /// All are compared, so that the time does not tell which it is like.
    fileprivate func token(equalTo text: String) -> (AccessToken, Role)? {
        let given = AccessToken(Sensitive(text))
        return tokens.reduce(nil) { found, next in
            let isEqual = next.0.isEqual(to: given)
            return found == nil && isEqual ? next : found
        }
    }

    fileprivate func token(identity: String) -> (AccessToken, Role)? {
        tokens.first { $0.0.identity == identity }
    }
}
