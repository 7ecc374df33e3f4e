import PostroomCore

extension NamedFixture {
    static let anthropic = [
        NamedFixture(
            .anthropic,
            "session.status_idled",
            "type last, as in the libraries' tests",
            about: "session:sesn_2",
            """
            {"id":"whe_2","created_at":"2026-05-02T08:15:30Z","data":{"id":"sesn_2","organization_id":"org_2",\
            "type":"session.status_idled","workspace_id":"wrkspc_2"},"type":"event"}
            """
        ),
        NamedFixture(
            .anthropic,
            "session.thread_created",
            "type first, as in the documentation, with more fields",
            about: "session:sesn_2",
            """
            {"type":"event","id":"event_01AB","created_at":"2026-05-02T08:15:30.123456+00:00","data":{\
            "type":"session.thread_created","id":"sesn_2","session_thread_id":"sthr_2",\
            "organization_id":"0b7f4c1e-8c1d-4b8e-9a55-6f1f6a4f2f10","workspace_id":"w","stop_reason":{"type":"end"}}}
            """
        ),
        NamedFixture(
            .anthropic,
            "vault_credential.archived",
            "a credential in its vault",
            about: "vault:vlt_2",
            """
            {"type":"test","id":"1","created_at":"2026-05-02T08:15:30Z","data":{"type":"vault_credential.archived",\
            "id":"vcrd_2","vault_id":"vlt_2","organization_id":"o","workspace_id":"w"}}
            """
        ),
    ]

    static let wakit = [
        NamedFixture(
            .wakit,
            "messages.insert",
            "documented: text in an object, a broken UUID",
            about: "messages:c6z0",
            """
            {"data":{"id":"c6z0","direction":"outgoing","agent_id":"e1-...","content":{"type":"text",\
            "text":{"body":"Hola"}},"status":{"pending":"2026-05-02T08:15:30+00:00"},"wa_id":"wamid.AB...",\
            "from":"0712345678","created_at":"2026-05-02T08:15:30+00:00"},"entity":"messages","action":"insert"}
            """
        ),
        NamedFixture(
            .wakit,
            "messages.insert",
            "content still to come",
            about: "messages:M",
            #"{"data": {"id": "M", "status": {}, "content": {}, "agent_id": null}, "action": "insert", "entity": "messages"}"#
        ),
        NamedFixture(
            .wakit,
            "messages.insert",
            "an old row without version and kind, a zone without minutes",
            about: "messages:M",
            """
            {"data": {"id": "M", "content": {"type": "data", "data": [1]}, "timestamp": "2024-01-05T10:00:00.5-03"}, \
            "action": "insert", "entity": "messages"}
            """
        ),
        NamedFixture(
            .wakit,
            "messages.update",
            "a few columns alone",
            about: "messages:M",
            """
            {"data": {"id": "M", "status": {"read": "2026-05-02T08:15:35.000Z", "sent": "2026-05-02T08:15:31+00:00"}}, \
            "action": "update", "entity": "messages"}
            """
        ),
        NamedFixture(
            .wakit,
            "messages.update",
            "a failure",
            about: "messages:M",
            """
            {"data": {"id": "M", "status": {"errors": [{"code": 131047, "href": "https://example.com", "title": "T", \
            "message": "m", "error_data": {"details": "d"}}], "failed": "2026-05-02T08:15:35.000Z"}}, \
            "action": "update", "entity": "messages"}
            """
        ),
        NamedFixture(
            .wakit,
            "conversations.insert",
            "the documentation's status, a service to come",
            about: "conversations:C",
            #"{"data": {"id": "C", "status": "open", "service": "pigeon"}, "action": "insert", "entity": "conversations"}"#
        ),
        NamedFixture(
            .wakit,
            "contacts_addresses.insert",
            "a key of three columns",
            about: "contacts_addresses:O:whatsapp:0712",
            """
            {"data": {"extra": null, "address": "0712", "service": "whatsapp", "organization_id": "O"}, \
            "action": "insert", "entity": "contacts_addresses"}
            """
        ),
        NamedFixture(
            .wakit,
            "organizations_addresses.update",
            "a key of two columns, a token inside",
            about: "organizations_addresses:O:3754",
            """
            {"data": {"extra": {"access_token": "EAAG"}, "address": "3754", "organization_id": "O"}, \
            "action": "update", "entity": "organizations_addresses"}
            """
        ),
    ]

    static let dynamic = [
        NamedFixture(.dynamic, "ping", "nothing but its name", about: nil, #"{"eventName":"ping"}"#),
        NamedFixture(
            .dynamic,
            "wallet.unlinked",
            "a redelivery, caused with a key, other names",
            about: "wallet:w",
            """
            {"messageId":"m2","eventId":"e1","eventName":"wallet.unlinked","redelivery":true,"environmentName":"live",\
            "timestamp":"2026-05-02T08:15:30.123Z","data":{"address":"0xAb","walletName":"rabby","id":"w"}}
            """
        ),
        NamedFixture(
            .dynamic,
            "wallet.created",
            "no identity, the time in seconds",
            about: "wallet:EVM:0xab",
            #"{"eventName":"wallet.created","timestamp":1777709730,"data":{"chain":"EVM","publicKey":"0xAB"}}"#
        ),
        NamedFixture(
            .dynamic,
            "user.session.revoked",
            "the user's session, not the actor's",
            about: "user:u",
            #"{"eventName":"user.session.revoked","userId":"actor","data":{"id":"s","userId":"u","chain":"MOON"}}"#
        ),
        NamedFixture(
            .dynamic,
            "wallet.activity",
            "an amount beyond every integer",
            about: "wallet:w",
            """
            {"eventName":"wallet.activity","data":{"walletId":"w","assetTransfers":[{"amount":1e21,\
            "amountRaw":340282366920938463463374607431768211456}]}}
            """
        ),
    ]

    static let nyuchi = [
        NamedFixture(
            .nyuchi,
            "project.updated",
            "new values, the workspace beside the data",
            about: "project:prj_1",
            """
            {"id":"evt_1","type":"project.updated","created_at":"2026-05-02T08:15:30Z","workspace_id":"ws_1",\
            "data":{"project_id":"prj_1","changed_fields":{"name":"Atlas"}}}
            """
        ),
        NamedFixture(
            .nyuchi,
            "sync.failed",
            "about the endpoint itself",
            about: "workspace:ws_1",
            """
            { "id": "evt_2", "type": "sync.failed", "created_at": "2026-05-02T08:15:30.5+00:00",
              "data": { "workspace_id": "ws_1", "failures": 12 } }
            """
        ),
        NamedFixture(
            .nyuchi,
            "report.completed",
            "a count in a string, a URL of no host",
            about: "report:rpt_1",
            """
            {"id":"evt_3","type":"report.completed","created_at":"2026-05-02","data":{"report_id":"rpt_1",\
            "row_count":"1432","download_url":"/files/1"}}
            """
        ),
    ]
}
