import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Functions that people configured")
struct UserFunctionTests {
    /// A change of the database, and the finding about the function after it.
    struct Case: CustomTestStringConvertible, Sendable {
        let setup: [String]
        let finding: String
        var remedy = ""
        var testDescription: String { finding }
    }

    private static let whole =
        "CREATE FUNCTION crm.f(extra int DEFAULT 1, body bytea DEFAULT '', attempt int DEFAULT 1)"
    private static let rest = "RETURNS void LANGUAGE sql AS ''"

    @Test(
        "a function is found with what keeps it from being called",
        arguments: [
            Case(
                setup: [],
                finding: "there is none in this database",
                remedy: "CREATE FUNCTION crm.f(body bytea, attempt integer) …"
            ),
            Case(
                setup: ["CREATE FUNCTION crm.f(bytea, attempt int) \(rest)"],
                finding: "it has no body",
                remedy: "CREATE OR REPLACE FUNCTION crm.f(body bytea, attempt integer) …"
            ),
            Case(
                setup: ["CREATE FUNCTION crm.f() \(rest)"],
                finding: "it has no body, attempt",
                remedy: "CREATE OR REPLACE FUNCTION crm.f(body bytea, attempt integer) …"
            ),
            Case(
                setup: ["CREATE FUNCTION crm.f(body bytea) \(rest)", "CREATE FUNCTION crm.f(attempt int) \(rest)"],
                finding: "none of that name has all parameters",
                remedy: "CREATE OR REPLACE FUNCTION crm.f(body bytea, attempt integer) …"
            ),
            Case(setup: ["\(whole) \(rest)"], finding: "it can be called"),
            Case(setup: ["CREATE FUNCTION crm.f() \(rest)", "\(whole) \(rest)"], finding: "it can be called"),
        ]
    )
    func found(_ given: Case) async throws {
        try await TestInbox.with { test in
            try await test.query("CREATE SCHEMA crm")
            for statement in given.setup {
                try await test.query(statement)
            }
            let diagnosis = try await test.inbox.diagnosis(
                ofFunction: "crm",
                "f",
                parameters: [("body", "bytea"), ("attempt", "integer")]
            )
            #expect(diagnosis.finding == given.finding)
            #expect(diagnosis.remedy == given.remedy)
            #expect(diagnosis.isWell == given.remedy.isEmpty)
        }
    }

    @Test("a function that the role may not call is found, and none is once it may")
    func rights() async throws {
        let connectionString = try await TestServer.shared.makeInboxDatabase()
        let role = "caller_\(UInt32.random(in: 1...UInt32.max))"
        for statement in [
            "CREATE ROLE \(role) LOGIN", "SELECT postroom.allow_serving('\(role)', maintenance => false)",
            "CREATE SCHEMA crm", "CREATE FUNCTION crm.f(body bytea) \(Self.rest)",
        ] {
            _ = try await AdHocQuery.run(statement, on: connectionString)
        }
        try await TestInbox.with(connectionString: connectionString + " user=\(role)") { test in
            func found() async throws -> Diagnosis {
                try await test.inbox.diagnosis(ofFunction: "crm", "f", parameters: [("body", "bytea")])
            }
            let before = try await found()
            #expect(before.finding == "this role may not call it")
            #expect(before.remedy.hasPrefix("GRANT USAGE ON SCHEMA crm TO"))
            _ = try await AdHocQuery.run("GRANT USAGE ON SCHEMA crm TO \(role)", on: connectionString)
            #expect(try await found().isWell)
        }
    }
}
