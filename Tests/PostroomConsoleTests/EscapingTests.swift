import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@testable import PostroomConsole

@Suite("What strangers wrote, on a page")
struct EscapingTests {
    /// A text that would do something on any page that did not escape it.
    static let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{x}}&amp;\u{202E}\u{200B}\u{7}"
    /// The same as a page shows it.
    static let shown =
        "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;{{x}}&amp;amp;"
        + "\\u{202e}\\u{200b}\\u{7}"

    @Test("a text can become no markup, end no attribute, and hide nothing")
    func escaped() {
        let html: HTML = "<b title=\"\(Self.hostile)\">\(Self.hostile)</b>"
        #expect(html.markup == "<b title=\"\(Self.shown)\">\(Self.shown)</b>")
        #expect(HTML.preformatted("a\n\tb\r\u{202D}").markup == "a\n\tb\\r\\u{202d}")
    }

    @Test("every field of a delivery, a letter, a handler, a worker and an audit entry is escaped on every page")
    func everywhere() async throws {
        try await Rig.with { rig in
            let text = "'" + Self.hostile.replacing("'", with: "''").replacing("\u{7}", with: "") + "'"
            let body = "convert_to('{\"a\":' || to_json(\(text)::text) || '}', 'UTF8')"
            try await rig.inbox.query(
                """
                INSERT INTO postroom.delivery
                VALUES (256, now(), \(text), \(text), \(text), \(text),
                        convert_to('X-\(Self.hostile.replacing("'", with: "''").prefix(60)): v' || chr(10), 'UTF8'), \(body))
                """
            )
            try await rig.inbox.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, event_type, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body)
                VALUES (256, \(text), \(text), \(text), \(text), \(text), now(), now(), 'permanent', 1, \(text), \(text), '[]',
                        '', \(body))
                """
            )
            try await rig.inbox.query(
                "INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at) VALUES (\(text), ARRAY[\(text)], now(), now())"
            )
            try await rig.inbox.query("INSERT INTO postroom.worker (label, handlers) VALUES (\(text), ARRAY[\(text)])")
            try await rig.inbox.query(
                "INSERT INTO postroom.audit (actor, action, detail) VALUES (\(text), \(text), jsonb_build_object('a', \(text)))"
            )
            try await rig.inbox.query(
                """
                INSERT INTO postroom.replay (kind, requested_by, handler, note)
                VALUES ('dead-letters', \(text), \(text), \(text))
                """
            )
            try await rig.inbox.query("INSERT INTO postroom.secret_use VALUES (\(text), \(text), 1, now())")
            try await rig.inbox.query(
                "INSERT INTO postroom.refusal VALUES (\(text), now(), \(text), \(text), \(text), \(text), \(text))"
            )
            let query = FormText.encode(Self.hostile)
            let endpoint = FormText.encode(Self.hostile.replacing("\u{7}", with: ""))
            for route in Route.all where !route.acts {
                let id = route.path == "delivery" ? 256 : 1
                let name = route.path == "endpoint" ? endpoint : ""
                let target =
                    "/console/\(route.path)?\(route.path == "deliveries" ? "" : "id=\(id)&")name=\(name)&done=\(query)"
                let page = await rig.get(target)
                #expect(page.status == 200, "\(route.path)")
                #expect(!page.text.contains("<script>alert"), "\(route.path)")
                #expect(!page.text.contains("<img"), "\(route.path)")
                #expect(!page.text.unicodeScalars.contains("\u{202E}"), "\(route.path)")
                #expect(!page.text.unicodeScalars.contains("\u{200B}"), "\(route.path)")
            }
            for field in ["endpoint", "type", "since", "handler", "key", "state", "name", "before"] {
                for path in ["deliveries", "dead-letters", "handlers"] {
                    let page = await rig.get("/console/\(path)?\(field)=\(query)")
                    #expect(!page.text.contains("<script>alert") && !page.text.contains("<img"), "\(path) \(field)")
                }
            }
            let shown = await rig.get("/console/audit")
            #expect(shown.text.contains(Self.shown.replacing("\\u{7}", with: "")))
        }
    }

    @Test("sensitive values are masked; to see them takes the right to act, and is noted with who looked")
    func masks() async throws {
        try await Rig.with { rig in
            try await rig.inbox.query(
                """
                INSERT INTO postroom.delivery VALUES (256, now(), 'e', 'hmac-sha256', 't', 'k',
                    convert_to('X-Signature: s1gn3d' || chr(10) || 'X-Plain: seen' || chr(10), 'UTF8'),
                    convert_to('{"password":"hunter2","b":"plain"}', 'UTF8'))
                """
            )
            let masked = await rig.get("/console/delivery?id=256")
            #expect(masked.main.contains("plain") && masked.main.contains("seen"))
            #expect(!masked.main.contains("hunter2") && !masked.main.contains("s1gn3d"))
            #expect(await rig.post("/console/delivery", [("id", "256")], as: .reading).status == 403)
            #expect(try await rig.inbox.count("SELECT count(*) FROM postroom.audit") == 0)
            let revealed = await rig.post("/console/delivery", [("id", "256")])
            #expect(revealed.main.contains("hunter2") && revealed.main.contains("s1gn3d"))
            let audit = try await rig.inbox.query("SELECT actor, action, detail ->> 'delivery' FROM postroom.audit")
            #expect(audit == [["ada", "reveal_delivery", "256"]])
        }
    }

    @Test(
        "a form's text is read as it was written",
        arguments: ["", "a b+c", "ä€🙂", "&=%?#/", Self.hostile.replacing("\u{7}", with: "")]
    )
    func forms(text: String) {
        let body = "a=\(FormText.encode(text))&a=second&empty&x=a+b%zz%4"
        let fields = FormText.fields(Array(body.utf8))
        #expect(fields["a"] == text)
        #expect(fields["empty"]?.isEmpty == true)
        #expect(fields["x"] == "a b%zz")
    }
}
