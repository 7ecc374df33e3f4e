import PostroomCore

extension NamedFixture {
    private static let record = """
        {"content":{"message":"Where is order 4711?","type":"user_message"},"created_at":"2026-05-02T08:15:30.120Z",\
        "id":"9007199254740995001","message_type":"user_message","thread_id":"9007199254740995000",\
        "timestamp":"2026-05-02T08:15:30.120456Z","updated_at":"2026-05-02T08:15:30Z"}
        """
    private static let thread = """
        {"data":\(record),"message_type":"conversation_message","thread_id":"9007199254740995000",\
        "timestamp":"2026-05-02T08:15:30.120456789Z"}
        """

    private static func wrapped(_ type: String, _ data: String, at time: String = "2026-05-02T08:15:31.000Z") -> String
    {
        #"{"data":\#(data),"timestamp":"\#(time)","type":"\#(type)"}"#
    }

    private static func content(_ name: String, _ type: String, _ content: String) -> NamedFixture {
        let data = """
            {"data":{"board_item_id":"42","content":\(content),"execution_run_id":"43","id":"9007199254740995002",\
            "message_type":"\(type)","metadata":{"trace":[1,null]},"timestamp":"2026-05-02T08:16:00Z"},\
            "message_type":"conversation_message","thread_id":"7","timestamp":"2026-05-02T08:16:00Z"}
            """
        return NamedFixture(
            .wacht,
            "agent.thread.message",
            name,
            about: "thread:7",
            wrapped("agent.thread.message", data)
        )
    }

    static let wacht =
        [
            NamedFixture(
                .wacht,
                "user.updated",
                "entity's identity as a number, user's as a string",
                about: "user:9007199254740993",
                wrapped("user.updated", #"{"entity_id":9007199254740993,"entity_type":"user","id":"9007199254740993"}"#)
            ),
            NamedFixture(
                .wacht,
                "user.created",
                "type first, printed with spaces",
                about: "user:77",
                """
                { "type": "user.created", "timestamp": "2026-05-02T08:15:31.000Z",
                  "data": { "entity_id": "77", "entity_type": "user", "id": "77", "first_name": "Rudo" } }
                """
            ),
            NamedFixture(
                .wacht,
                "user.created",
                "every list filled, with tokens",
                about: "user:77",
                wrapped(
                    "user.created",
                    """
                    {"email_addresses":[{"email":"r@example.com","id":"1","verification_strategy":"oauth_new"}],\
                    "entity_id":77,"entity_type":"user","id":"77","phone_numbers":[{"country_code":"ZW","id":2,\
                    "phone_number":"+263771234567","verified":false,"verified_at":null}],\
                    "private_metadata":{"type":"x","data":{}},"segments":[{"created_at":null,"id":"3","name":"vip",\
                    "type":"user"}],"social_connections":[{"access_token":"t0","id":"4","provider":"github_oauth",\
                    "refresh_token":null}]}
                    """
                )
            ),
            NamedFixture(
                .wacht,
                "user.deleted",
                "a replay: wrapped twice",
                about: "user:77",
                wrapped(
                    "user.deleted",
                    wrapped("user.deleted", #"{"entity_id":77,"entity_type":"user"}"#),
                    at: "2026-05-03T09:00:00.000Z"
                )
            ),
            NamedFixture(
                .wacht,
                "user.deleted",
                "a replay of a replay",
                about: "user:77",
                wrapped(
                    "user.deleted",
                    wrapped("user.deleted", wrapped("user.deleted", #"{"entity_id":77,"entity_type":"user"}"#))
                )
            ),
            NamedFixture(
                .wacht,
                "user.mfa.disabled",
                "the entity is the user, the URL is cleared",
                about: "user:77",
                wrapped(
                    "user.mfa.disabled",
                    #"{"entity_id":77,"entity_type":"user_authenticator","id":"991","otp_url":null,"user_id":"77"}"#
                )
            ),
            NamedFixture(
                .wacht,
                "session.deleted",
                "with the fields that only the wire has",
                about: "session:7001",
                wrapped(
                    "session.deleted",
                    """
                    {"active_signin_id":null,"deleted_at":"2026-05-02T08:15:30.123456789Z","deployment_id":"5",\
                    "entity_id":7001,"entity_type":"session","id":"7001","signins":[]}
                    """
                )
            ),
            NamedFixture(
                .wacht,
                "workspace.deleted",
                "the identity alone",
                about: "workspace:9001",
                wrapped("workspace.deleted", #"{"entity_id":9001,"entity_type":"workspace"}"#)
            ),
            NamedFixture(
                .wacht,
                "agent.model.usage",
                "older: a context and costs",
                about: "thread:12",
                wrapped(
                    "agent.model.usage",
                    """
                    {"cached_tokens":0,"context_group":"sales","context_id":"12","input_cost_cents":0.25,\
                    "input_tokens":10,"is_byok":false,"model":"m-1","timestamp":"2026-05-02T08:15:30Z",\
                    "total_cost_cents":1}
                    """
                )
            ),
            NamedFixture(
                .wacht,
                "agent.thread.message",
                "wrapped",
                about: "thread:9007199254740995000",
                wrapped("agent.thread.message", thread)
            ),
            NamedFixture(.wacht, "agent.thread.message", "bare", about: "thread:9007199254740995000", thread),
            NamedFixture(
                .wacht,
                "agent.thread.message",
                "a replay",
                about: "thread:9007199254740995000",
                wrapped("agent.thread.message", wrapped("agent.thread.message", thread))
            ),
            NamedFixture(
                .wacht,
                "agent.thread.platform_event",
                "bare, the label a customer's, the data null",
                about: "thread:8",
                #"{"thread_id":8,"message_type":"platform_event","data":{"event_label":"paid","event_data":null}}"#
            ),
            NamedFixture(
                .wacht,
                "test.webhook",
                "whatever an operator typed",
                about: nil,
                wrapped("test.webhook", "[[]]")
            ),
        ] + contents

    static let contents = [
        content(
            "a tool's error",
            "tool_result",
            #"{"error":"401","input":null,"status":"denied","tool_name":"t","type":"tool_result"}"#
        ),
        content("everything denied", "approval_response", #"{"approvals":[],"type":"approval_response"}"#),
        content(
            "questions that are an object",
            "clarification_request",
            #"{"questions":{"first":"why?"},"type":"clarification_request"}"#
        ),
        content(
            "a text in place of answers",
            "clarification_response",
            #"{"answers":[],"freeform_text":"neither","request_message_id":9007199254740995,"type":"clarification_response"}"#
        ),
        content(
            "an answer of an unknown kind",
            "clarification_response",
            #"{"answers":[{"question_id":"q","value":{"kind":"melody","notes":[1]}}],"type":"clarification_response"}"#
        ),
        content(
            "a content's type that is no message's",
            "task_subscription_notification",
            #"{"summary":"shipped","type":"task_subscription_delivery"}"#
        ),
        content("a type to come", "premonition", #"{"type":"premonition","when":"soon"}"#),
        content("a confidence of no fraction", "system_decision", #"{"confidence":1,"type":"system_decision"}"#),
    ]
}
