import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Wacht's threads")
struct WachtThreadTests {
    /// A message as the wire carries it: wrapped, sorted.
    private func message(_ content: String, type: String = "user_message") throws -> Wacht.ThreadMessage {
        let bare = bare(content, type)
        let body = #"{"data":\#(bare),"timestamp":"2026-03-04T10:00:00.000Z","type":"agent.thread.message"}"#
        return try event(.wacht, body).decode(as: Wacht.AgentThreadMessage.self).message
    }

    /// A message as the documentation prints it: without a type.
    private func bare(_ content: String, _ type: String) -> String {
        """
        {"thread_id":1234567890123456789,"message_type":"conversation_message","data":{"id":"9000000000000000001",\
        "message_type":"\(type)","content":\(content),"timestamp":"2026-03-04T10:00:00.123456789Z"},\
        "timestamp":"2026-03-04T10:00:01Z"}
        """
    }

    @Test("wrapped, bare and replayed thread messages are one and the same")
    func threeShapes() throws {
        let bare = bare(#"{"type":"user_message","message":"Hi"}"#, "user_message")
        let once = #"{"data":\#(bare),"timestamp":"2026-03-04T10:00:02.000Z","type":"agent.thread.message"}"#
        let twice = #"{"data":\#(once),"timestamp":"2026-03-05T10:00:00.000Z","type":"agent.thread.message"}"#
        let thrice = #"{"type":"agent.thread.message","data":\#(twice),"timestamp":"2026-03-06T10:00:00.000Z"}"#
        for (body, isReplay) in [(bare, false), (once, false), (twice, true), (thrice, true)] {
            let event = event(.wacht, body)
            let decoded = try event.decode(as: Wacht.AgentThreadMessage.self)
            #expect(decoded.threadID == "1234567890123456789")
            #expect(decoded.message.id == "9000000000000000001")
            #expect(decoded.message.executionRunID == nil && decoded.message.boardItemID == nil)
            #expect(decoded.timestamp == unix(1_772_618_401))
            #expect(decoded.notice.isReplay == isReplay)
            #expect(decoded.message.content == .userMessage(try userMessage(decoded)))
            #expect(event.details.orderingKey == "thread:1234567890123456789")
        }
    }

    private func userMessage(_ decoded: Wacht.AgentThreadMessage) throws -> Wacht.UserMessage {
        guard case .userMessage(let message) = decoded.message.content else { throw Unexpected() }
        #expect(message.message == "Hi" && message.senderName == nil && message.files == .absent)
        return message
    }

    private struct Unexpected: Error {}

    @Test("samples have every type of content, each told apart")
    func everyContent() throws {
        var types: [String] = []
        for index in UInt64(0)..<14 {
            let sample = try #require(
                SampleDeliveries(seed: 3).sample(.wacht, "agent.thread.message", index: index, now: unix(1_773_568_800))
            )
            let event = event(.wacht, String(decoding: sample.body, as: UTF8.self))
            let decoded = try event.decode(as: Wacht.AgentThreadMessage.self)
            let content = try #require(decoded.message.content)
            #expect(decoded.oddities.isEmpty)
            if case .unknown = content {
                Issue.record("\(content.type) is not known")
            }
            types.append(content.type.rawValue)
        }
        #expect(Set(types).count == 14)
    }

    @Test("a content's type may differ from its message's, and the content's counts")
    func delivery() throws {
        let message = try message(
            #"{"type":"task_subscription_delivery","summary":"done"}"#,
            type: "task_subscription_notification"
        )
        guard case .taskSubscriptionDelivery(let delivery) = message.content else { throw Unexpected() }
        #expect(delivery.summary == "done")
        #expect(message.type == .taskSubscriptionNotification)
    }

    @Test("a new type of message and of content is kept as it came")
    func unknown() throws {
        let message = try message(#"{"type":"telepathy","thought":1e400}"#, type: "telepathy")
        guard case .unknown(let type, let json) = message.content else { throw Unexpected() }
        #expect(type.rawValue == "telepathy" && message.type.rawValue == "telepathy")
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"type":"telepathy","thought":1e400}"#)
    }

    static let approvals: [(approvals: String, tool: String, isAllowed: Bool)] = [
        (#","approvals":[{"tool_name":"send","mode":"allow_once"}]"#, "send", true),
        (#","approvals":[{"tool_name":"send","mode":"allow_always"}]"#, "send", true),
        (#","approvals":[{"tool_name":"send","mode":"allow_once"}]"#, "drop", false),
        (#","approvals":[{"tool_name":"send","mode":"deny"}]"#, "send", false),
        (#","approvals":[]"#, "send", false),
        (#","approvals":null"#, "send", false),
        ("", "send", false),
    ]

    @Test("a tool without an approval is denied", arguments: approvals)
    func approval(_ test: (approvals: String, tool: String, isAllowed: Bool)) throws {
        let message = try message(#"{"type":"approval_response"\#(test.approvals)}"#)
        guard case .approvalResponse(let response) = message.content else { throw Unexpected() }
        #expect(response.allows(test.tool) == test.isAllowed)
        #expect(response.requestMessageID == nil)
    }

    static let answers: [(value: String, expected: Wacht.AnswerValue)] = [
        (#"{"kind":"free_text","value":"soon"}"#, .freeText("soon")),
        (#"{"kind":"single_choice","value":"prod"}"#, .singleChoice("prod")),
        (#"{"kind":"multi_choice","values":["a","b"]}"#, .multipleChoice(["a", "b"])),
        (#"{"kind":"yes_no","value":false}"#, .yesNo(false)),
        (#"{"kind":"number","value":2.5}"#, .number(2.5)),
        (#"{"kind":"date","value":"2026-03-04"}"#, .date("2026-03-04")),
        (#"{"kind":"confirm","accepted":true}"#, .confirm(isAccepted: true)),
    ]

    @Test("each kind of answer has its value where the producer puts it", arguments: answers)
    func answer(_ test: (value: String, expected: Wacht.AnswerValue)) throws {
        let message = try message(
            #"{"type":"clarification_response","answers":[{"question_id":"q","value":\#(test.value)}]}"#
        )
        guard case .clarificationResponse(let response) = message.content else { throw Unexpected() }
        #expect(response.answers.value?.map(\.questionID) == ["q"])
        #expect(response.answers.value?.map(\.value) == [test.expected])
    }

    private func questions(_ json: String) throws -> Wacht.ClarificationRequest {
        let message = try message(#"{"type":"clarification_request","questions":\#(json)}"#)
        guard case .clarificationRequest(let request) = message.content else { throw Unexpected() }
        return request
    }

    @Test("each kind of question has its own bounds")
    func answerKinds() throws {
        let kinds = """
            [{"kind":"free_text","max_length":9},{"kind":"single_choice","choices":[{"value":"v","label":"l"}]},\
            {"kind":"multi_choice","choices":[],"min_selected":1},{"kind":"yes_no"},{"kind":"number","min":-1,"unit":"m"},\
            {"kind":"date","max_date":"2026-03-04"},{"kind":"confirm","confirm_label":"y","cancel_label":"n"},\
            {"kind":"drawing","pens":3}]
            """
        let parts = try #require(try JSONObject(checking: Array(#"{"k":\#(kinds)}"#.utf8))["k"]?.elements)
        let list = parts.map { #"{"id":"q","text":"?","answer_kind":\#(String(decoding: $0.bytes, as: UTF8.self))}"# }
        let read = try questions("[\(list.joined(separator: ","))]").questions.value
        let found = try #require(read).map(\.answerKind)
        try #require(found.count == 8)
        #expect(found[0] == .freeText(placeholder: nil, maximumLength: 9))
        guard case .singleChoice(let choices, false) = found[1] else { throw Unexpected() }
        #expect(choices.value?.map(\.value) == ["v"] && choices.value?.map(\.label) == ["l"])
        #expect(found[2] == .multipleChoice(choices: .value([]), minimumSelected: 1, maximumSelected: nil))
        #expect(found[3] == .yesNo)
        #expect(found[4] == .number(minimum: -1, maximum: nil, unit: "m"))
        #expect(found[5] == .date(earliest: nil, latest: "2026-03-04"))
        #expect(found[6] == .confirm(confirmLabel: "y", cancelLabel: "n"))
        guard case .unknown(kind: "drawing", _) = found[7] else { throw Unexpected() }
    }

    @Test("questions and answers in another form are kept as they came", arguments: [#"{"a":1}"#, #""why?""#, "[7]"])
    func looseQuestions(_ json: String) throws {
        let request = try questions(json)
        #expect(request.questions == (json.hasPrefix("[") ? .value([]) : .absent))
        #expect(request.json.map { String(decoding: $0.bytes, as: UTF8.self) } == json)
    }

    @Test("a tool's result may be deep, large, an error, or nothing")
    func toolResult() throws {
        let deep = IdentifyTests.nested(300)
        let failed = try message(
            #"{"type":"tool_result","tool_name":"t","status":"oops","input":\#(deep),"error":"timed out"}"#
        )
        guard case .toolResult(let result) = failed.content else { throw Unexpected() }
        #expect(result.output == nil && result.error == "timed out" && result.input?.bytes.count == 600)
        let large = String(repeating: "x", count: 5 << 20)
        let long = try message(#"{"type":"tool_result","tool_name":"t","status":"success","output":"\#(large)"}"#)
        guard case .toolResult(let result) = long.content else { throw Unexpected() }
        #expect(result.output?.bytes.count == large.utf8.count + 2)
    }

    static let platformEvents = [#""text""#, "[1]", "null", #"{"thread_id":7}"#, #"{"thread_id":{}}"#]

    @Test("a platform event has any label and any data", arguments: platformEvents)
    func platformEvent(_ data: String) throws {
        for label in ["conversation_compacted", "deploy done ✓"] {
            let body = """
                {"thread_id":"5","message_type":"platform_event","data":{"event_label":"\(label)","event_data":\(data)}}
                """
            let decoded = try event(.wacht, body).decode(as: Wacht.AgentThreadPlatformEvent.self)
            #expect(decoded.event.label == label)
            #expect((decoded.event.data == nil) == (data == "null"))
            #expect((decoded.event.compaction != nil) == (label == "conversation_compacted" && data.hasPrefix("{")))
        }
    }
}
