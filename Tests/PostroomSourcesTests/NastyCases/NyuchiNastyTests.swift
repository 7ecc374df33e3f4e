import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

// Where each of Nyuchi's nasty cases has its test:
//
//  1 changed fields in all their forms       "changed fields are a list of names or an object with values"
//  2 the workspace's places                  "the workspace stands in the data, beside it, or in both, …"
//  3 sync.failed without a connector         "sync.failed is about a connector, or about the endpoint itself"
//  4 row counts in all their forms           "a row count is read as producers write it"
//  5 new words                               "roles, codes and connectors may be new words, and texts any length"
//  6 download URLs that lead elsewhere       here
//  7 dates in all their forms                "dates have fractions, offsets, or no time at all"
//  8 a body printed with spaces              here
//  9 a rotated secret                        here
// 10 a retry of a day later                  here, and "idempotency keys are kept for 8 days at the least" (the inbox)
// 11 one id, two bodies                      here; "another body under a known key …" (the inbox)
// 12 events in any order                     here
// 13 two types                               "type and key are found in every shape, …", "two types"
// 14 long and hostile messages               "roles, codes and connectors may be new words, and texts any length"
// 15 two tenants, one header                 here
@Suite("Nyuchi's nasty cases")
struct NyuchiNastyTests {
    private static let body = """
        {
          "id": "evt_01lu",
          "type": "report.completed",
          "created_at": "2025-03-12T09:14:33Z",
          "data": { "report_id": "rpt_1", "workspace_id": "ws_1" }
        }
        """

    @Test(
        "a download URL is kept as it came, whatever it points at, and is not shown",
        arguments: ["/exports/1.csv", "http://169.254.169.254/latest", "https://u:hunter2@h/x?e=1", "", "not a URL"]
    )
    func downloadURL(_ url: String) throws {
        let body =
            #"{"id":"e","type":"report.completed","created_at":"2025-03-12T09:14:33Z","data":{"report_id":"r","download_url":"\#(url)"}}"#
        let event = event(.nyuchi, body)
        #expect(try event.decode(as: Nyuchi.ReportCompleted.self).downloadURL?.exposed == url)
        let shown = String(
            decoding: SourceRegistry.builtIn.redacted(body: event.body, source: .nyuchi).bytes,
            as: UTF8.self
        )
        #expect(shown.contains(#""download_url":"•••""#))
    }

    @Test("a body printed with spaces is signed as it was printed, and no other way")
    func printed() throws {
        let attempt = try SignedAttempt(.nyuchi, "s", Self.body)
        #expect(try attempt.verdict(["s"]) == .authentic)
        let compact = Self.body.filter { $0 != " " && $0 != "\n" }
        #expect(try attempt.verdict(["s"], body: compact) == .refused(.signatureMismatch))
        #expect(attempt.key == "evt_01lu")
    }

    @Test("retries that are signed with the old secret or the new one are authentic while both are configured")
    func rotated() throws {
        for secret in ["old", "new"] {
            let attempt = try SignedAttempt(.nyuchi, secret, Self.body)
            #expect(try attempt.verdict(["old", "new"], at: 1_773_568_800 + 35 * 3600) == .authentic)
            #expect(try attempt.verdict(["other"]) == .refused(.signatureMismatch))
        }
    }

    @Test("one id is one key, whatever the body says")
    func oneID() {
        let other = Self.body.replacing("rpt_1", with: "rpt_2")
        #expect(identity(.nyuchi, Self.body) == identity(.nyuchi, other))
    }

    @Test("events of one user that come in the wrong order decode alone, and share an ordering key")
    func anyOrder() throws {
        let events = ["user.deactivated", "user.created"]
            .map { type in
                event(
                    .nyuchi,
                    #"{"id":"e","type":"\#(type)","created_at":"2025-03-12T09:14:33Z","data":{"user_id":"u"}}"#
                )
            }
        #expect(events.map(\.details.orderingKey) == ["user:u", "user:u"])
        #expect(try events[0].decode(as: Nyuchi.UserDeactivated.self).userID == "u")
        #expect(try events[1].decode(as: Nyuchi.UserCreated.self).userID == "u")
    }

    @Test("two tenants that share a header and no secret can't speak for one another")
    func tenants() throws {
        let attempt = try SignedAttempt(.nyuchi, "tenant-a", Self.body)
        #expect(try attempt.verdict(["tenant-a"]) == .authentic)
        #expect(try attempt.verdict(["tenant-b"]) == .refused(.signatureMismatch))
    }
}
