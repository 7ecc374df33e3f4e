import PostroomAdmin
import PostroomCore
import Testing

@testable import PostroomConsole

@Suite("Who gets into the console")
struct AccessTests {
    private static func request(
        host: String = "localhost:8081",
        peer: String? = "127.0.0.1",
        _ more: [String: [String]] = [:]
    ) -> ConsoleRequest {
        let headers = more.merging(["host": [host]]) { first, _ in first }
        let request = PageRequest(target: "/console", headers: headers, peer: peer)
        return ConsoleRequest(request, below: ["/console"], base: "/console")
    }

    private static func outcome(_ access: ConsoleAccess, _ request: ConsoleRequest) -> String {
        switch access.admit(request, now: Rig.now) {
        case .admitted(let visitor): "\(visitor.actor) \(visitor.role)"
        case .loginNeeded: "login"
        case .refused: "refused"
        }
    }

    @Test(
        "without a login only this machine is let in, under its own name and through no proxy",
        arguments: [
            (request(), "local acting"),
            (request(host: "127.0.0.1"), "local acting"),
            (request(host: "[::1]:8081", peer: "::1"), "local acting"),
            (request(peer: "::ffff:127.0.0.1"), "local acting"),
            (request(host: "rebound.example:8081"), "refused"),
            (request(host: "localhost.evil.example"), "refused"),
            (request(host: "127.0.0.1.evil.example"), "refused"),
            (request(host: "[::1].evil.example"), "refused"),
            (request(peer: "192.0.2.7"), "refused"),
            (request(peer: nil), "refused"),
            (request(["host": ["localhost", "evil.example"]]), "refused"),
            (request(["x-forwarded-for": ["192.0.2.7"]]), "refused"),
            (request(["via": ["1.1 proxy"]]), "refused"),
        ]
    )
    func withoutLogin(request: ConsoleRequest, outcome: String) {
        #expect(Self.outcome(ConsoleAccess(isLoopbackOnly: true), request) == outcome)
        #expect(Self.outcome(ConsoleAccess(isLoopbackOnly: false), request) == "refused")
    }

    @Test(
        "a name in a header counts only where the proxy sent it, and only once",
        arguments: [
            (request(peer: "10.0.0.1", ["x-user": ["ada"]]), "ada acting"),
            (request(peer: "10.0.0.1", ["x-user": ["bob"]]), "bob reading"),
            (request(peer: "10.0.0.1"), "refused"),
            (request(peer: "10.0.0.1", ["x-user": [""]]), "refused"),
            (request(peer: "10.0.0.1", ["x-user": ["ada", "bob"]]), "refused"),
            (request(peer: "10.0.0.2", ["x-user": ["ada"]]), "refused"),
            (request(peer: "127.0.0.1", ["x-user": ["ada"]]), "refused"),
        ]
    )
    func proxies(request: ConsoleRequest, outcome: String) {
        var access = ConsoleAccess(isLoopbackOnly: true)
        access.proxy = TrustedProxy(header: "X-User", acting: ["ada"]) { $0 == "10.0.0.1" }
        #expect(Self.outcome(access, request) == outcome)
    }

    @Test("a session tells its role and its name, in any process that knows the token")
    func sessions() throws {
        for role in [Role.reading, .acting] {
            let session = Rig.session(role)
            let read = try #require(Session(session.cookie, access: .withTokens, now: Rig.now))
            #expect(read.role == role)
            #expect(read.actor == "ada")
            #expect(read.formSecret == session.formSecret)
        }
    }

    @Test("a session that was changed, is over, or whose token is gone is none")
    func badSessions() throws {
        let cookie = Rig.session(.reading).cookie
        var parts = cookie.split(separator: ".").map(String.init)
        let later = Rig.now + .seconds(13 * 3600)
        #expect(Session(cookie, access: .withTokens, now: later) == nil)
        for place in parts.indices {
            let part = parts[place]
            parts[place] = part == "1" ? "2" : String(part.reversed())
            #expect(Session(parts.joined(separator: "."), access: .withTokens, now: Rig.now) == nil, "part \(place)")
            parts[place] = part
        }
        #expect(Session(parts.joined(separator: "."), access: .withTokens, now: Rig.now) != nil)
        var others = ConsoleAccess.withTokens
        others.readingTokens = [Sensitive("another-token-for-reading")]
        #expect(Session(cookie, access: others, now: Rig.now) == nil)
        // The identity of another token does not make it that one's.
        let identity = Rig.session(.acting).cookie.split(separator: ".")[1]
        parts[1] = String(identity)
        #expect(Session(parts.joined(separator: "."), access: .withTokens, now: Rig.now) == nil)
    }

    @Test("no token is like another", arguments: ["", " ", "a-token-for-reading-onl", "A-TOKEN-FOR-READING-ONLY"])
    func otherTokens(token: String) {
        #expect(Session(token: token, name: "", access: .withTokens, now: Rig.now) == nil)
    }

    @Test("after ten failures others have to wait half a minute")
    func brake() {
        var brake = LoginBrake()
        let start = ContinuousClock.now
        var allowed: [Bool] = []
        for _ in 0...LoginBrake.limit {
            allowed.append(brake.allows(at: start))
            brake.failed(at: start)
        }
        #expect(allowed == Array(repeating: true, count: LoginBrake.limit) + [false])
        let waits = [29, 31].map { brake.allows(at: start + .seconds($0)) }
        #expect(waits == [false, true])
    }

    @Test(
        "the path of the configured URL is the prefix of every address",
        arguments: [
            (nil, ""), ("https://ops.example", ""), ("https://ops.example/", ""),
            ("https://ops.example/a/b/", "/a/b"), ("http://ops.example:81/post?x#y", "/post"),
        ] as [(String?, String)]
    )
    func prefixes(url: String?, prefix: String) {
        var access = ConsoleAccess(isLoopbackOnly: true)
        access.url = url
        #expect(access.prefix == prefix)
    }
}
