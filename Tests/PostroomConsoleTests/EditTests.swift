import PostroomCore
import PostroomInbox
import TestSupport
import Testing

@testable import PostroomConsole

@Suite("Edits of dead letters, and removals of handlers")
struct EditTests {
    private static func withLetter(
        body: String = #"{"name":"<b>","n":1}"#,
        mayEdit: Bool = true,
        _ run: @Sendable (Rig, _ letter: String) async throws -> Void
    ) async throws {
        try await TestInbox.with { inbox in
            try await inbox.query(
                """
                INSERT INTO postroom.dead_letter
                    (delivery_id, handler, endpoint, source, idempotency_key, received_at, died_at, reason,
                     failed_attempts, error, fingerprint, history, headers, body)
                VALUES (256, 'crm', 'hooks', 'custom', 'k', now(), now(), 'permanent', 1, 'no', 'f', '[]', '',
                        convert_to($body$\(body)$body$, 'UTF8'))
                """
            )
            let letter = try #require(try await inbox.query("SELECT id::text FROM postroom.dead_letter").first?[0])
            let console = Rig.console(.withTokens, inbox.inbox, mayEdit: mayEdit)
            try await run(Rig(inbox: inbox, console: console), letter)
        }
    }

    @Test("a person gives a letter's handler another body once, with a reason; looking and editing are in the audit")
    func edits() async throws {
        try await Self.withLetter { rig, letter in
            #expect(await rig.get("/console/dead-letter?id=\(letter)").main.contains("Edit…"))
            #expect(await !rig.get("/console/dead-letter?id=\(letter)", as: .reading).main.contains("Edit…"))
            let form = await rig.post("/console/dead-letter/edit", [("letter", letter)])
            #expect(form.status == 200)
            #expect(form.main.contains(#">"# + "\n{&quot;name&quot;:&quot;&lt;b&gt;&quot;,&quot;n&quot;:1}</textarea>"))

            let edited = [("letter", letter), ("body", "{\"n\":2,\r\n\"more\":true}")]
            #expect(await rig.post("/console/dead-letter/edited", edited).status == 400)
            let answer = await rig.post("/console/dead-letter/edited", edited + [("reason", "the name was wrong")])
            #expect(answer.status == 303)
            let place = try #require(answer.headers["Location"]?.first)
            #expect(await rig.get(place).main.contains("in place of the letter"))
            let stored = try await rig.inbox.query("SELECT convert_from(body, 'UTF8') FROM postroom.delivery")
            #expect(stored == [["{\"n\":2,\n\"more\":true}"]])
            #expect(try await rig.inbox.count("SELECT count(*) FROM postroom.retry WHERE handler = 'crm'") == 1)
            let audit = try await rig.inbox.query("SELECT actor, action FROM postroom.audit ORDER BY id")
            #expect(audit == [["ada", "reveal_dead_letter"], ["ada", "edit_dead_letter"]])
            #expect(await rig.post("/console/dead-letter/edited", edited + [("reason", "again")]).status == 404)
        }
    }

    @Test("nobody edits where the configuration does not say so, whatever form is sent")
    func isOff() async throws {
        try await Self.withLetter(mayEdit: false) { rig, letter in
            #expect(await !rig.get("/console/dead-letter?id=\(letter)").main.contains("Edit…"))
            let fields = [("letter", letter), ("body", "{}"), ("reason", "why not")]
            #expect(await rig.post("/console/dead-letter/edit", fields).status == 403)
            #expect(await rig.post("/console/dead-letter/edited", fields).status == 403)
            let letters = try await rig.inbox.count("SELECT count(*) FROM postroom.dead_letter")
            let changes = try await rig.inbox.count("SELECT count(*) FROM postroom.audit")
            #expect(letters == 1 && changes == 0)
        }
    }

    @Test(
        "a body that a field would change is left to the command line",
        arguments: [("a\r\nb", false), ("a\u{202E}b", false), ("a\u{200B}b", false), ("\ta\nb", true)]
    )
    func bodies(body: String, isEditable: Bool) async throws {
        try await Self.withLetter(body: body) { rig, letter in
            let page = await rig.post("/console/dead-letter/edit", [("letter", letter)])
            #expect(page.status == (isEditable ? 200 : 409))
            #expect(isEditable || page.main.contains("dead-letters edit \(letter) --body FILE"))
        }
    }

    @Test("a handler that is paused, or that nobody has, can be removed with a warning, and one at work can't")
    func removes() async throws {
        try await Rig.with { rig in
            try await rig.inbox.query(
                """
                INSERT INTO postroom.handler (name, patterns, recorded_at, seen_at, paused_at)
                VALUES ('paused', '{*:*}', now(), now(), now()), ('works', '{*:*}', now(), now(), NULL)
                """
            )
            try await rig.inbox.query("INSERT INTO postroom.worker (label, handlers) VALUES ('w', '{works}')")
            #expect(await rig.get("/console/handlers?name=paused").main.contains("value=\"remove\""))
            #expect(await !rig.get("/console/handlers?name=works").main.contains("value=\"remove\""))
            let remove = [("handler", "paused"), ("change", "remove")]
            #expect(await rig.post("/console/handlers/change", remove, as: .reading).status == 403)
            #expect(await rig.post("/console/handlers/change", remove).status == 303)
            let removed = "SELECT count(*) FROM postroom.handler WHERE name = 'paused' AND removed_at IS NOT NULL"
            #expect(try await rig.inbox.count(removed) == 1)
        }
    }
}
