import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

// Where each of wakit's nasty cases has its test:
//
//  1 the Authorization header                "one of the configured tokens must follow the scheme"
//  2 empty content, updates that overtake    here
//  3 content in all its forms                "wakit's content is read in the documented form and in the wire's"
//  4 partial updates                         "a partial update leaves unsaid what is unchanged"
//  5 status in all its forms                 "a status' errors are read in every form"
//  6 identities that are no UUID             here, and "addresses need no identity, …"
//  7 null now, a value later                 "a partial update leaves unsaid what is unchanged"
//  8 new words                               "wakit's row keeps absent and null apart, and takes new words …"
//  9 a burst of old messages                 here
// 10 two updates of one moment               here
// 11 an update that comes late               here
// 12 texts of any script and length          here
// 13 dates in all their forms                "time, object and redelivery are read from every shape", and Dates
// 14 other tables and actions                "actions and tables that wakit does not have are no typed events"
// 15 echoes, and requests of others          here, and "every request has its answer" (the receiver) for GET
@Suite("wakit's nasty cases")
struct WakitNastyTests {
    private func body(_ row: String, _ action: String) -> String {
        #"{"data": \#(row), "action": "\#(action)", "entity": "messages"}"#
    }

    private func status(_ json: String) throws -> Wakit.MessageStatus {
        let event = event(.wakit, body(#"{"id": "M", "status": \#(json)}"#, "update"))
        return try #require(try event.decode(as: Wakit.MessageUpdated.self).message.status)
    }

    @Test("a message may be empty at first, and its content come before it: each event decodes alone")
    func emptyFirst() throws {
        let full = #"{"id": "M", "content": {"kind": "text", "text": "Hi", "type": "text", "version": "1"}}"#
        let insert = event(.wakit, body(#"{"id": "M", "content": {}}"#, "insert"))
        let update = event(.wakit, body(full, "update"))
        #expect(try update.decode(as: Wakit.MessageUpdated.self).message.content?.text == "Hi")
        let empty = try insert.decode(as: Wakit.MessageInserted.self).message
        #expect(empty.content != nil && empty.content?.text == nil)
        #expect(insert.details.orderingKey == update.details.orderingKey)
        #expect(insert.idempotencyKey != update.idempotencyKey)
    }

    @Test("an identity is kept letter for letter", arguments: ["B5B9F67A-5681-58F3-CD3B-3A1E8EC399C2", "d7c1e234-..."])
    func identities(_ id: String) throws {
        let event = event(.wakit, body(#"{"id": "\#(id)"}"#, "insert"))
        #expect(try event.decode(as: Wakit.MessageInserted.self).message.id == id)
        #expect(event.idempotencyKey == "messages:insert:\(id)")
    }

    @Test("thousands of old messages at once are as many deliveries, with the times of then")
    func burst() {
        var keys: Set<String> = []
        for number in 0..<5000 {
            let row =
                #"{"id": "m\#(number)", "timestamp": "2025-01-01T00:00:00+00:00", "created_at": "2026-11-21T00:00:00+00"}"#
            let event = event(.wakit, body(row, "insert"))
            keys.insert(event.idempotencyKey)
            #expect(event.details.occurredAt == unix(1_735_689_600))
        }
        #expect(keys.count == 5000)
    }

    @Test("two updates of one moment with different status are two deliveries, and the same one twice is one")
    func sameMoment() {
        let rows = ["sent", "read", "read"]
            .map { step in
                let time = "2026-05-06T03:39:35+00:00"
                return body(#"{"id": "M", "updated_at": "\#(time)", "status": {"\#(step)": "\#(time)"}}"#, "update")
            }
        #expect(Set(rows.map { identity(.wakit, $0).idempotencyKey }).count == 2)
    }

    @Test("updates in any order come to one progress, which never goes back")
    func lateUpdate() throws {
        let updates = [
            #"{"pending": "2026-05-06T03:39:23+00:00"}"#,
            #"{"pending": "2026-05-06T03:39:23+00:00", "sent": "2026-05-06T03:39:26.000Z"}"#,
            #"{"read": "2026-05-06T03:39:35.000Z"}"#,
            #"{"sent": "2026-05-06T03:39:26.000Z", "errors": []}"#,
        ]
        var results: Set<Wakit.Progress> = []
        for first in updates.indices {
            var progress = Wakit.Progress()
            #expect(progress.furthest == nil)
            for offset in updates.indices {
                progress.merge(try status(updates[(first + offset) % updates.count]))
            }
            results.insert(progress)
        }
        #expect(results.count == 1)
        #expect(results.first?.furthest == .read && results.first?.steps.count == 3)
        var late = Wakit.Progress(steps: [.read: unix(1)])
        late.merge(try status(#"{"delivered": "2026-05-06T03:39:35+00"}"#))
        #expect(late.furthest == .read && late.steps[.delivered] != nil)
    }

    @Test(
        "a text is kept scalar for scalar",
        arguments: [
            "👩‍🚀🏳️‍🌈", "שלום\u{202E}abc", "\u{FFFD}", "\u{E9}", "e\u{301}", String(repeating: "é😀", count: 11_000),
        ]
    )
    func texts(_ text: String) throws {
        let event = event(.wakit, body(#"{"id": "M", "content": {"text": "\#(text)"}}"#, "insert"))
        let found = try event.decode(as: Wakit.MessageInserted.self).message.content?.text
        #expect(found.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }

    @Test("an echo of one's own message says which way it went, and another producer's body is nobody's event")
    func echo() throws {
        let echo = event(.wakit, body(#"{"id": "M", "direction": "outgoing"}"#, "insert"))
        #expect(try echo.decode(as: Wakit.MessageInserted.self).message.direction == .outgoing)
        let meta = event(.wakit, #"{"object":"whatsapp_business_account","entry":[{"id":"0","changes":[]}]}"#)
        #expect(meta.type == nil && meta.idempotencyKey.hasPrefix("sha256:") && meta.details.orderingKey == nil)
    }
}
