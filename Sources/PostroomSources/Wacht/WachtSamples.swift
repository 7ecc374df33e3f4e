/// Sample data that its index decides on, in the form of the table's.
extension Wacht {
    /// The identity of the samples' deployment.
    static let sampleDeployment = "24239923154394947"

    /// Makes the function for a call of a hook and its outcome.
    static func sampleHook(_ kind: String, _ status: String) -> @Sendable (inout SampleValues) -> String {
        { values in
            let failure = status == "failed" ? #""error_message":"the hook did not answer within 10 s","# : ""
            let outcome =
                switch status {
                case "succeeded": #","output":{"decision":"continue"}"#
                case "failed": ""
                default: #","reason":"no hook of that kind is enabled""#
                }
            return """
                {"agent_id":"\(values.snowflake())","deployment_id":"\(sampleDeployment)",\(failure)\
                "execution_run_id":"\(values.snowflake())","hook_kind":"\(kind)","input":{"messages":\
                \(values.number(1...40))}\(outcome),"status":"\(status)","step_index":\(values.number(0...30)),\
                "thread_id":"\(values.snowflake())","timestamp":"\(values.timestamp(fraction: true))",\
                "tool_name":\(kind.hasSuffix("tool") ? #""send_email""# : "null")}
                """
        }
    }

    /// Makes an event of the platform, or of a tool.
    @Sendable
    static func samplePlatformEvent(_ values: inout SampleValues) -> String {
        let thread = values.snowflake()
        let (label, data) =
            values.index % 2 == 0
            ? (
                "conversation_compacted",
                """
                {"cleanup_through_id":"\(values.snowflake())","summary_conversation_id":"\(values.snowflake())",\
                "thread_id":"\(thread)","trigger_conversation_id":"\(values.snowflake())"}
                """
            ) : ("deploy_finished", #"["staging","\#(values.token("", 7))"]"#)
        return """
            {"data":{"event_data":\(data),"event_label":"\(label)"},"message_type":"platform_event",\
            "thread_id":"\(thread)","timestamp":"\(values.timestamp(fraction: true))"}
            """
    }

    /// Makes a message in a thread, by its index one kind after the other.
    @Sendable
    static func sampleThreadMessage(_ values: inout SampleValues) -> String {
        let contents = sampleContents(&values)
        let (type, members) = contents[Int(values.index % UInt64(contents.count))]
        // The names are sorted, and this one kind has one that follows `type`.
        let content =
            type == "execution_summary"
            ? members.replacing(#","user_message""#, with: #","type":"\#(type)","user_message""#)
            : #"\#(members),"type":"\#(type)""#
        let messageType = type == "task_subscription_delivery" ? "task_subscription_notification" : type
        let thread = values.snowflake()
        let now = values.timestamp(fraction: true)
        return """
            {"data":{"content":{\(content)},"created_at":"\(now)",\
            "execution_run_id":"\(values.snowflake())","id":"\(values.snowflake())",\
            "message_type":"\(messageType)","thread_id":"\(thread)","timestamp":"\(now)","updated_at":"\(now)"},\
            "message_type":"conversation_message","thread_id":"\(thread)","timestamp":"\(now)"}
            """
    }

    /// Makes the members beside `type` of each type of content.
    static func sampleContents(_ values: inout SampleValues) -> [(type: String, members: String)] {
        let id = values.snowflake()
        let now = values.timestamp()
        let item = #""board_item_id":"\#(id)""#
        let task = #""task_key":"TASK-\#(values.number(1...900))""#
        return [
            (
                "user_message",
                """
                "files":[{"filename":"signups.csv","mime_type":"text/csv","size_bytes":\(values.number(1...90_000)),\
                "url":"https://files.example.com/\(id)?token=\(values.token("", 24))"}],\
                "message":"Summarize last week's signups and email it to me.","sender_name":"Jane Doe"
                """
            ),
            (
                "steer",
                """
                "attachments":[{"path":"/reports/signups.md","type":"file"},{"path":"/data","type":"folder"}],\
                "further_actions_required":true,"message":"I read the table first.","reasoning":"The dates are in it."
                """
            ),
            (
                "tool_result",
                #""input":{"to":"jane@example.com"},"output":{"message_id":"msg_\#(id)"},"status":"success","tool_name":"send_email""#
            ),
            (
                "system_decision",
                #""confidence":\#(SampleValues.decimal(values.number(10...99), places: 2)),"reasoning":"the goal is met","step":"finish""#
            ),
            (
                "clarification_request",
                """
                "context":"I need a target before the release.","questions":[{"answer_kind":{"allow_other":false,\
                "choices":[{"label":"Production","value":"prod"},{"label":"Staging","value":"staging"}],\
                "kind":"single_choice"},"id":"deploy_env","text":"Which environment?"},\
                {"answer_kind":{"cancel_label":"Wait","confirm_label":"Deploy","kind":"confirm"},"id":"sure",\
                "text":"Deploy now?"}]
                """
            ),
            (
                "clarification_response",
                """
                "answers":[{"question_id":"deploy_env","value":{"kind":"single_choice","value":"staging"}},\
                {"question_id":"sure","value":{"accepted":true,"kind":"confirm"}}],"request_message_id":"\(id)"
                """
            ),
            (
                "approval_request",
                """
                "description":"Approval required to run: send_email.","tools":[{"tool_description":"Sends an email",\
                "tool_id":"\(id)","tool_name":"send_email"}]
                """
            ),
            (
                "approval_response",
                #""approvals":[{"mode":"allow_once","tool_name":"send_email"}],"request_message_id":"\#(id)""#
            ),
            (
                "execution_summary",
                #""agent_execution":"Sent one email.","user_message":"Summarize last week's signups.""#
            ),
            (
                "task_subscription_notification",
                #"\#(item),"from_status":"doing",\#(task),"task_title":"Release","to_status":"done","transitioned_at":"\#(now)""#
            ),
            ("task_subscription_delivery", #""summary":"The release is out.""#),
            (
                "assignment_execution_trigger",
                #""assignment_id":"\#(id)",\#(item),"routing_reason":"knows the repository",\#(task),"triggered_at":"\#(now)""#
            ),
            ("task_routing_trigger", #"\#(item),\#(task),"triggered_at":"\#(now)""#),
            (
                "task_handoff_received",
                """
                "artifacts":["/reports/signups.md"],"blockers":[],\(item),"completed_at":"\(now)",\
                "next_actions":["review"],"outcome":"completed","source_role":"executor",\
                "source_thread_id":"\(values.snowflake())","summary":"The report is written.",\(task)
                """
            ),
        ]
    }
}
