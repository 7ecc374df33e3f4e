import Crypto
import PostroomCore

/// The guard of forms: it tells those of the console from those that another site makes a browser send.
///
/// Each form carries a text that only a page of the console can know. Where there is a session it is made of the session;
/// else of a random cookie that the page sets. Neither is kept in the process, so that another one accepts it too.
struct FormGuard: Sendable {
    /// The name of the form's field.
    static let field = "form-token"
    /// The name of the cookie.
    static let cookie = "postroom-form"

    /// The text that a form must carry.
    let token: String
    /// The cookie that has to be set, where the browser had none.
    let newCookie: String?

    /// Makes the guard of a request's page.
    init(_ request: ConsoleRequest, session: Session?) {
        if let session {
            token = session.formSecret
            newCookie = nil
            return
        }
        let known = request.cookies[Self.cookie].flatMap { $0.utf8.count == 64 ? $0 : nil }
        var random = SystemRandomNumberGenerator()
        let secret = known ?? Hexadecimal.encode((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
        token = Hexadecimal.encode(SHA256.hash(data: Array("postroom console form \(secret)".utf8)))
        newCookie = known == nil ? secret : nil
    }

    /// Tells whether a form comes from a page of the console.
    ///
    /// Browsers also say where a form comes from; one that says another site is refused whatever it carries.
    func accepts(_ request: ConsoleRequest) -> Bool {
        if let site = request.header("sec-fetch-site"), site != "same-origin", site != "none" { return false }
        guard newCookie == nil, let given = request.form[Self.field] else { return false }
        let key = SymmetricKey(size: .bits256)
        let code = HMAC<SHA256>.authenticationCode(for: Array(token.utf8), using: key)
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(given.utf8), using: key)
    }
}

/// The brake of logins: after some that failed, others have to wait, whoever sends them.
struct LoginBrake: Sendable {
    private var failures: [ContinuousClock.Instant] = []

    /// The failures that are let pass in a window.
    static let limit = 10
    /// The length of the window.
    static let window: Duration = .seconds(30)

    /// Tells whether a login may be tried.
    mutating func allows(at now: ContinuousClock.Instant) -> Bool {
        failures.removeAll { now - $0 > Self.window }
        return failures.count < Self.limit
    }

    /// Takes note of a failure.
    mutating func failed(at now: ContinuousClock.Instant) {
        failures.append(now)
    }
}
