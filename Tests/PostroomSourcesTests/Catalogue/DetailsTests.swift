import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

/// The details that a source's rules must read from a body.
struct DetailsCase: CustomTestStringConvertible {
    let source: Source
    let body: String
    var at: Double?
    var ordering: String?
    var isRedelivery = false

    init(_ source: Source, _ body: String, at: Double? = nil, ordering: String? = nil, isRedelivery: Bool = false) {
        self.source = source
        self.body = body
        self.at = at
        self.ordering = ordering
        self.isRedelivery = isRedelivery
    }

    var testDescription: String {
        "\(source): \(body)"
    }
}

@Suite("Details")
struct DetailsTests {
    private static let ten = 1_772_618_400.0

    static let wacht = [
        DetailsCase(
            .wacht,
            #"{"data":{"entity_id":24239923154394947,"entity_type":"user","id":"1"},"timestamp":"2026-03-04T10:00:00.000Z","type":"user.updated"}"#,
            at: ten,
            ordering: "user:24239923154394947"
        ),
        DetailsCase(
            .wacht,
            #"{"type":"user.mfa.enabled","timestamp":"2026-03-04T10:00:00.000Z","data":{"entity_id":1,"entity_type":"user_authenticator","id":"991","user_id":"12345"}}"#,
            at: ten,
            ordering: "user:12345"
        ),
        DetailsCase(
            .wacht,
            #"{"type":"agent.model.usage","timestamp":"2026-03-04T10:00:09.000Z","data":{"thread_id":null,"context_id":"77","timestamp":"2026-03-04T10:00:00.123456789+00:00"}}"#,
            at: ten + 0.123456789,
            ordering: "thread:77"
        ),
        DetailsCase(
            .wacht,
            #"{"type":"agent.thread.message","timestamp":"2026-03-04T10:00:09.000Z","data":{"thread_id":"5","timestamp":"2026-03-04T10:00:05Z","data":{"timestamp":"2026-03-04T10:00:00Z"}}}"#,
            at: ten,
            ordering: "thread:5"
        ),
        DetailsCase(
            .wacht,
            #"{"thread_id":"5","message_type":"platform_event","timestamp":"2026-03-04T10:00:00Z","data":{"event_label":"x","event_data":["timestamp"]}}"#,
            at: ten,
            ordering: "thread:5"
        ),
        DetailsCase(
            .wacht,
            #"{"type":"user.created","timestamp":"2026-03-05T10:00:00.000Z","data":{"type":"user.created","timestamp":"2026-03-04T10:00:00.000Z","data":{"entity_id":"1","entity_type":"user"}}}"#,
            at: ten,
            ordering: "user:1",
            isRedelivery: true
        ),
        DetailsCase(
            .wacht,
            #"{"type":"a","timestamp":"x","data":{"type":"a","timestamp":"x","data":{"data":{"entity_type":"e","entity_id":3},"timestamp":"2026-03-04T10:00:00.000Z","type":"a"}}}"#,
            at: ten,
            ordering: "e:3",
            isRedelivery: true
        ),
        DetailsCase(
            .wacht,
            #"{"type":"a","timestamp":"2026-03-04T10:00:00Z","data":{"type":"b","timestamp":"2026-03-05T10:00:00Z","data":{}}}"#,
            at: ten + 86400
        ),
        DetailsCase(
            .wacht,
            #"{"type":"a","timestamp":"2026-03-04T10:00:00Z","data":{"type":"a","timestamp":"nonsense","data":{},"more":1}}"#,
            at: ten
        ),
        DetailsCase(.wacht, #"{"type":"test.webhook","timestamp":"2026-03-04T10:00:00Z","data":"anything"}"#, at: ten),
        DetailsCase(.wacht, "{"),
    ]

    static let anthropic = [
        DetailsCase(
            .anthropic,
            GoldenVector.all[2].body,
            at: 1_773_568_800,
            ordering: "session:sesn_011CZkZAtmR3yMPDzynEDxu7"
        ),
        DetailsCase(
            .anthropic,
            #"{"created_at":"2026-03-04T10:00:00.5+00:00","data":{"type":"vault_credential.archived","id":"c","vault_id":"v"}}"#,
            at: ten + 0.5,
            ordering: "vault:v"
        ),
        DetailsCase(.anthropic, #"{"data":{"type":"vault_credential.archived","id":"c","vault_id":null}}"#),
        DetailsCase(.anthropic, #"{"data":{"type":"deployment_run.failed","id":"d"}}"#, ordering: "deployment_run:d"),
        DetailsCase(.anthropic, #"{"createdAt":"2026-03-04T10:00:00Z","data":{"type":"","id":"d"}}"#),
    ]

    static let wakit = [
        DetailsCase(
            .wakit,
            #"{"entity":"messages","action":"insert","data":{"id":"m","timestamp":"2026-03-04T10:00:00-03:00","created_at":"2026-03-04T10:00:00+00"}}"#,
            at: ten + 3 * 3600,
            ordering: "messages:m"
        ),
        DetailsCase(
            .wakit,
            #"{"entity":"messages","action":"insert","data":{"id":"m","timestamp":"infinity","created_at":"2026-03-04T10:00:00.12345+00"}}"#,
            at: ten + 0.12345,
            ordering: "messages:m"
        ),
        DetailsCase(
            .wakit,
            #"{"entity":"messages","action":"update","data":{"id":"m","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-03-04T10:00:00Z"}}"#,
            at: ten,
            ordering: "messages:m"
        ),
        DetailsCase(
            .wakit,
            #"{"entity":"messages","action":"update","data":{"id":"m","status":{"sent":"2026-03-04T09:00:00.000Z","read":"2026-03-04T10:00:00+00:00","errors":[{"code":1}]}}}"#,
            at: ten,
            ordering: "messages:m"
        ),
        DetailsCase(
            .wakit,
            #"{"entity":"messages","action":"update","data":{"id":"m","status":null}}"#,
            ordering: "messages:m"
        ),
        DetailsCase(
            .wakit,
            #"{"entity":"contacts_addresses","action":"update","data":{"organization_id":"O","service":"s","address":"a"}}"#,
            ordering: "contacts_addresses:O:s:a"
        ),
    ]

    static let dynamic = [
        DetailsCase(
            .dynamic,
            #"{"eventName":"user.created","timestamp":"2026-03-04T10:00:00.000Z","userId":"actor","data":{"id":"u"}}"#,
            at: ten,
            ordering: "user:u"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"user.session.created","data":{"id":"s","userId":"u"}}"#,
            ordering: "user:u"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"user.session.revoked","environmentId":"env","data":{"id":"s"},"redelivery":true}"#,
            ordering: "environment:env",
            isRedelivery: true
        ),
        DetailsCase(.dynamic, #"{"eventName":"wallet.linked","data":{"id":"w"}}"#, ordering: "wallet:w"),
        DetailsCase(
            .dynamic,
            #"{"eventName":"wallet.activity.registered","data":{"walletId":"w"}}"#,
            ordering: "wallet:w"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"wallet.unlinked","data":{"chain":"EVM","address":"0xAbC"}}"#,
            ordering: "wallet:EVM:0xabc"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"wallet.created","data":{"chain":"SOL","publicKey":"AbC"}}"#,
            ordering: "wallet:SOL:AbC"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"user.social.linked","environmentId":"env","userId":"actor","data":{"id":"p","userId":"u"}}"#,
            ordering: "user:u"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"user.social.unlinked","environmentId":"env","userId":"actor","data":{"id":"p"}}"#,
            ordering: "environment:env"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"user.email.unlinked","environmentId":"env","data":{"id":"e"}}"#,
            ordering: "environment:env"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"user.passkeyRecovery.started","environmentId":"env","data":{"id":"w"}}"#,
            ordering: "environment:env"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"wallet.delegation.signature","data":{"publicKey":"0xA","userId":"u","walletId":"w"}}"#,
            ordering: "wallet:w"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"waas.policy.violation","environmentId":"env","data":{"walletId":"w","publicKey":"0xA"}}"#,
            ordering: "wallet:w"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"waas.policy.violation","data":{"publicKey":"0xA","operationType":"evmUserOperation"}}"#,
            ordering: "wallet:EVM:0xa"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"waas.policy.violation","data":{"publicKey":"AbC","operationType":"svmMessage"}}"#,
            ordering: "wallet:SOL:AbC"
        ),
        DetailsCase(
            .dynamic,
            #"{"eventName":"waas.policy.violation","environmentId":"env","data":{"address":"0xA"}}"#,
            ordering: "environment:env"
        ),
        DetailsCase(.dynamic, #"{"eventName":"flow.risk.updated","data":{"flowId":"f"}}"#, ordering: "flow:f"),
        DetailsCase(.dynamic, #"{"eventName":"ping"}"#),
        DetailsCase(
            .dynamic,
            #"{"eventName":"x.y","timestamp":1772618400,"environmentId":"e","data":[]}"#,
            at: ten,
            ordering: "environment:e"
        ),
        DetailsCase(.dynamic, #"{"eventName":"x.y","timestamp":1772618400000,"data":null}"#, at: ten),
        DetailsCase(.dynamic, #"{"eventName":"x.y","timestamp":-1,"redelivery":"true"}"#),
    ]

    static let nyuchi = [
        DetailsCase(
            .nyuchi,
            #"{"type":"user.deactivated","created_at":"2026-03-04T10:00:00Z","data":{"user_id":"u","deactivated_by":"a"}}"#,
            at: ten,
            ordering: "user:u"
        ),
        DetailsCase(
            .nyuchi,
            #"{"type":"sync.failed","data":{"connector_id":"c","workspace_id":"w"}}"#,
            ordering: "connector:c"
        ),
        DetailsCase(.nyuchi, #"{"type":"sync.failed","data":{"workspace_id":"w"}}"#, ordering: "workspace:w"),
        DetailsCase(.nyuchi, #"{"type":"report.completed","data":{"report_id":"r"}}"#, ordering: "report:r"),
        DetailsCase(
            .nyuchi,
            #"{"type":"datasource.added","workspace_id":"top","created_at":"2026-03-04","data":{"workspace_id":null}}"#,
            at: ten - 36000,
            ordering: "workspace:top"
        ),
        DetailsCase(.nyuchi, #"{"type":"user.created","data":{"user_id":"a\u0000"}}"#),
    ]

    @Test(
        "time, object and redelivery are read from every shape",
        arguments: wacht + anthropic + wakit + dynamic + nyuchi
    )
    func reads(_ test: DetailsCase) throws {
        let found = details(test.source, test.body)
        #expect(found.orderingKey == test.ordering)
        #expect(found.isRedelivery == test.isRedelivery)
        if let at = test.at {
            let occurredAt = try #require(found.occurredAt)
            #expect(abs(occurredAt.timeIntervalSince1970 - at) < 0.000_001)
        } else {
            #expect(found.occurredAt == nil)
        }
    }

    @Test("a replay of a replay is unwrapped five times and no more")
    func deepReplay() {
        func wrapped(_ times: Int) -> String {
            (0..<times)
                .reduce(#"{"entity_type":"e","entity_id":1}"#) { data, _ in
                    #"{"type":"t","timestamp":"2026-03-04T10:00:00Z","data":\#(data)}"#
                }
        }
        #expect(details(.wacht, wrapped(1)).isRedelivery == false)
        #expect(details(.wacht, wrapped(6)).orderingKey == "e:1")
        #expect(details(.wacht, wrapped(7)).orderingKey == nil)
    }
}
