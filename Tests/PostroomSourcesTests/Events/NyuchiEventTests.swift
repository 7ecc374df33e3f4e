import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Nyuchi's events")
struct NyuchiEventTests {
    private func decoded<Value: WebhookEvent>(
        _ type: String,
        _ data: String,
        top: String = "",
        at: String = "2025-03-20T14:33:55Z",
        as: Value.Type
    ) throws -> Value {
        let body = #"{ "id": "evt_l", "type": "\#(type)", "created_at": "\#(at)",\#(top) "data": \#(data) }"#
        return try event(.nyuchi, body).decode()
    }

    static let changes: [(json: String, names: [String]?, values: Int)] = [
        (#","changed_fields":["name","description"]"#, ["name", "description"], 0),
        (#","changed_fields":{"name":"New","tags":[1]}"#, ["name", "tags"], 2),
        (#","changed_fields":[]"#, [], 0),
        (#","changed_fields":{}"#, [], 0),
        (#","changed_fields":null"#, nil, 0),
        ("", nil, 0),
    ]

    @Test("changed fields are a list of names or an object with values", arguments: changes)
    func changedFields(_ test: (json: String, names: [String]?, values: Int)) throws {
        let updated = try decoded(
            "project.updated",
            #"{"project_id":"prj_1"\#(test.json)}"#,
            as: Nyuchi.ProjectUpdated.self
        )
        #expect(updated.changedFields.value?.names == test.names)
        #expect(updated.changedFields.value?.values.count ?? 0 == test.values)
        #expect(updated.updatedBy == nil)
    }

    static let counts: [(json: String, count: Int?)] = [
        ("1432", 1432), (#""1432""#, 1432), ("1432.0", 1432), ("4294967296", 4_294_967_296), ("-1", -1), ("null", nil),
        (#""many""#, nil), ("1.5", nil),
        ("1e400", nil),
    ]

    @Test("a row count is read as producers write it", arguments: counts)
    func rowCount(_ test: (json: String, count: Int?)) throws {
        let completed = try decoded(
            "report.completed",
            #"{"report_id":"rpt_1","row_count":\#(test.json),"download_url":"http://169.254.169.254/?token=hunter2"}"#,
            as: Nyuchi.ReportCompleted.self
        )
        #expect(completed.rowCount == test.count)
        #expect(completed.downloadURL?.exposed.hasSuffix("hunter2") == true)
        #expect(!"\(completed)".contains("hunter2"))
    }

    @Test("the workspace stands in the data, beside it, or in both, and the data's counts")
    func workspace() throws {
        let cases: [(String, String, String?)] = [
            (#"{"user_id":"u","workspace_id":"ws_1"}"#, "", "ws_1"),
            (#"{"user_id":"u"}"#, #""workspace_id":"ws_2","#, "ws_2"),
            (#"{"user_id":"u","workspace_id":"ws_1"}"#, #""workspace_id":"ws_2","#, "ws_1"),
            (#"{"user_id":"u"}"#, "", nil),
        ]
        for (data, top, workspace) in cases {
            let created = try decoded("user.created", data, top: top, as: Nyuchi.UserCreated.self)
            #expect(created.notice.workspaceID == workspace && created.email == nil)
        }
    }

    @Test("roles, codes and connectors may be new words, and texts any length")
    func openWords() throws {
        let created = try decoded("user.created", #"{"user_id":"u","role":"janitor"}"#, as: Nyuchi.UserCreated.self)
        #expect(created.role?.rawValue == "janitor")
        let text = String(repeating: "<b>\\u0007", count: 100_000)
        let failed = try decoded(
            "sync.failed",
            #"{"connector_id":"c","connector_type":"fax","error_message":"\#(text)"}"#,
            as: Nyuchi.SyncFailed.self
        )
        guard case .connector(let failure) = failed.subject else {
            Issue.record("expected a connector")
            return
        }
        #expect(failure.connectorType == "fax" && failure.errorMessage?.count == 400_000)
    }

    @Test(
        "dates have fractions, offsets, or no time at all",
        arguments: [
            ("2025-03-20T14:33:55.25Z", 1_742_481_235.25), ("2025-03-20T16:33:55+02:00", 1_742_481_235),
            ("2025-03-20", 1_742_428_800),
        ]
    )
    func dates(_ text: String, _ seconds: Double) throws {
        let event = try decoded("user.deactivated", #"{"user_id":"u"}"#, at: text, as: Nyuchi.UserDeactivated.self)
        #expect(event.notice.createdAt == unix(seconds) && event.deactivatedBy == nil)
    }
}
