import PostroomAdmin
import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@testable import PostroomConsole

@Suite("Pages and actions of the console")
struct RoutingTests {
    @Test("every page is answered, protected from being embedded, and asks for a login first")
    func pages() async throws {
        try await Rig.with { rig in
            for route in Route.all where !route.acts {
                let page = await rig.get("/console/\(route.path)?id=1", as: .reading)
                #expect([200, 303, 404].contains(page.status), "\(route.path): \(page.status)")
                let stranger = Page(await rig.console.respond(to: PageRequest(target: "/console/\(route.path)")))
                #expect(stranger.status == 401)
                #expect(stranger.text.contains("name=\"token\""))
                for answer in [page, stranger] {
                    let policy = answer.headers["Content-Security-Policy"]?.first ?? ""
                    #expect(policy.hasPrefix("default-src 'none'; style-src 'self'; script-src 'self'; "))
                    #expect(policy.contains("form-action 'self'; frame-ancestors 'none'"))
                    #expect(answer.headers["X-Content-Type-Options"] == ["nosniff"])
                    #expect(!answer.text.contains("style=") && !answer.text.contains("onclick"))
                    #expect(!answer.text.contains("<script>") && !answer.text.contains("<style"))
                }
            }
            #expect(await rig.get("/console/nowhere").status == 404)
            #expect(await rig.post("/console/deliveries", []).status == 405)
        }
    }

    @Test("an action is refused to whom may only look, and to a form from elsewhere, whatever the page shows")
    func actions() async throws {
        try await Rig.with { rig in
            try await rig.inbox.query(
                "INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at) VALUES ('crm', '{*:*}', now(), now())"
            )
            for route in Route.all where route.acts {
                #expect(await rig.post("/console/\(route.path)", [], as: .reading).status == 403, "\(route.path)")
                #expect(await rig.post("/console/\(route.path)", [], token: "forged").status == 403)
                let elsewhere = ["sec-fetch-site": ["cross-site"]]
                #expect(await rig.post("/console/\(route.path)", [], headers: elsewhere).status == 403)
            }
            let pause = [("handler", "crm"), ("change", "pause"), ("reason", "the CRM is down")]
            #expect(await rig.post("/console/handlers/change", pause, as: .reading).status == 403)
            #expect(try await rig.inbox.count("SELECT count(*) FROM postroom.handler WHERE paused_at IS NOT NULL") == 0)
            #expect(try await rig.inbox.count("SELECT count(*) FROM postroom.audit") == 0)
            #expect(await !rig.get("/console/handlers", as: .reading).main.contains("<form method=\"post\""))
            #expect(await rig.get("/console/handlers").main.contains("<form method=\"post\""))

            #expect(await rig.post("/console/handlers/change", pause).status == 303)
            #expect(try await rig.inbox.count("SELECT count(*) FROM postroom.handler WHERE paused_at IS NOT NULL") == 1)
            let audit = try await rig.inbox.query("SELECT actor, action FROM postroom.audit")
            #expect(audit == [["ada", "pause_handler"]])
            #expect(await rig.get("/console/audit").main.contains(">ada<"))
        }
    }

    @Test("a form that one process made is taken by another that knows the token")
    func processes() async throws {
        try await Rig.with { rig in
            let session = Rig.session(.acting)
            let page = await rig.get("/console/handlers", in: session)
            let token = try #require(page.text.split(separator: "name=\"form-token\" value=\"").last?.prefix(64))
            let other = Rig(inbox: rig.inbox, console: Rig.console(.withTokens, rig.inbox.inbox))
            let answer = await other.post("/console/logout", [], in: session, token: String(token))
            #expect(answer.status == 303)
            #expect(answer.headers["Set-Cookie"]?.first?.contains("Max-Age=0") == true)
        }
    }

    @Test("a login leads to the page that was asked for, and nowhere else")
    func login() async throws {
        try await Rig.with { rig in
            func log(in token: String, next: String, cookie: String? = nil) async throws -> Page {
                let form = Page(await rig.console.respond(to: PageRequest(target: "/console/login")))
                let set = try #require(form.headers["Set-Cookie"]?.first)
                let secret = try #require(set.split(separator: ";").first?.split(separator: "=").last)
                let field = try #require(form.text.split(separator: "name=\"form-token\" value=\"").last?.prefix(64))
                let fields = [("form-token", String(field)), ("token", token), ("next", next)]
                let body = fields.map { $0.0 + "=" + FormText.encode($0.1) }.joined(separator: "&")
                var request = PageRequest(method: .post, target: "/console/login", body: Array(body.utf8))
                request.headers = ["cookie": ["postroom-form=\(cookie ?? String(secret))"]]
                return Page(await rig.console.respond(to: request))
            }
            let page = try await log(in: Rig.actingToken, next: "dead-letters?handler=crm")
            #expect(page.status == 303)
            #expect(page.headers["Location"] == ["/console/dead-letters?handler=crm"])
            let cookie = page.headers["Set-Cookie"]?.first ?? ""
            #expect(cookie.contains("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"))
            for next in ["//evil.example", "https://evil.example", "\\\\evil.example", "a b"] {
                let location = try await log(in: Rig.readingToken, next: next).headers["Location"]?.first ?? ""
                #expect(location.hasPrefix("/console"), "\(location)")
            }
            #expect(try await log(in: "wrong-token-wrong-token", next: "").status == 401)
            let planted = String(repeating: "0", count: 64)
            #expect(try await log(in: Rig.actingToken, next: "", cookie: planted).status == 403)
        }
    }

    @Test("behind TLS cookies are for this host and for TLS only, and every address has the prefix")
    func proxied() async throws {
        var access = ConsoleAccess.withTokens
        access.url = "https://ops.example/post"
        let console = Rig.console(access, Rig.unconnected())
        for target in ["/console/login", "/post/console/login"] {
            let page = Page(await console.respond(to: PageRequest(target: target)))
            #expect(page.status == 200)
            #expect(page.text.contains("action=\"/post/console/login\""))
            #expect(page.headers["Set-Cookie"]?.first?.hasSuffix("; Secure") == true)
        }
        #expect(console.paths == ["/console", "/post/console"])
        #expect(SessionCookie.name(isSecure: true) == "__Host-postroom-session")
    }

    @Test("a page whose database does not answer says so in time")
    func outage() async throws {
        var access = ConsoleAccess(isLoopbackOnly: true)
        access.url = nil
        let console = Rig.console(access, Rig.unconnected(), limit: .milliseconds(50))
        let request = PageRequest(target: "/console", headers: ["host": ["localhost"]], peer: "127.0.0.1")
        let page = Page(await console.respond(to: request))
        #expect(page.status == 503)
        #expect(page.main.contains("The inbox can’t be read right now"))
    }

    @Test("files have addresses that change with their content, and may be kept")
    func assets() async throws {
        let console = Rig.console(.withTokens, Rig.unconnected())
        for asset in ConsoleAsset.all {
            let page = Page(await console.respond(to: PageRequest(target: Links(base: "/console").to(asset))))
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == [asset.mediaType])
            #expect(page.headers["Cache-Control"] == ["public, max-age=31536000, immutable"])
            #expect(page.text == asset.text)
        }
        #expect(ConsoleAsset.all.map(\.name) == ["console.css", "console.js", "icon.svg"])
    }
}
