public import PostroomCore

extension Wacht {
    /// Questions that an agent asks; it waits until the user answers.
    public struct ClarificationRequest: JSONObjectReadable, Hashable, Sendable {
        /// The reason for which it asks.
        public let context: String?
        /// The questions; absent where Wacht sends them in a form that it does not document.
        ///
        /// Those that don't fit are left out, and stand among the event's oddities; ``json`` has them all.
        public let questions: Field<[Question]>
        /// The questions as they came: any JSON.
        public let json: RawJSON?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.context = json.optional("context")
            self.questions = json.fittingList("questions")
            self.json = json.optional("questions")
        }
    }

    /// A question that an agent asks.
    public struct Question: JSONObjectReadable, Hashable, Sendable {
        /// The agent's name for it, which the answer repeats.
        public let id: String
        /// The question.
        public let text: String
        /// The kind of answer that it wants.
        public let answerKind: AnswerKind

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.text = try json.value("text")
            self.answerKind = try json.value("answer_kind")
        }
    }

    /// A user's answers to an agent's questions.
    public struct ClarificationResponse: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the message with the questions.
        public let requestMessageID: String?
        /// The answers; absent where Wacht sends them in a form that it does not document.
        ///
        /// Those that don't fit are left out, and stand among the event's oddities; ``json`` has them all.
        public let answers: Field<[Answer]>
        /// The text that the user wrote in place of answers.
        public let freeformText: String?
        /// The answers as they came: any JSON.
        public let json: RawJSON?

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.requestMessageID = json.optionalID("request_message_id")
            self.answers = json.fittingList("answers")
            self.freeformText = json.optional("freeform_text")
            self.json = json.optional("answers")
        }
    }

    /// An answer to one question.
    public struct Answer: JSONObjectReadable, Hashable, Sendable {
        /// The question's name.
        public let questionID: String
        /// The answer.
        public let value: AnswerValue

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.questionID = try json.id("question_id")
            self.value = try json.value("value")
        }
    }

    /// The kind of answer that a question wants.
    public enum AnswerKind: Hashable, Sendable {
        /// Any text.
        case freeText(placeholder: String?, maximumLength: Int?)
        /// One of several choices, or something else where that is allowed.
        case singleChoice(choices: Field<[Choice]>, allowsOther: Bool)
        /// Several of several choices.
        case multipleChoice(choices: Field<[Choice]>, minimumSelected: Int?, maximumSelected: Int?)
        /// Yes or no.
        case yesNo
        /// A number, both bounds included.
        case number(minimum: Double?, maximum: Double?, unit: String?)
        /// A day, both bounds included, as texts like `2026-03-04`.
        case date(earliest: String?, latest: String?)
        /// One of two buttons.
        case confirm(confirmLabel: String?, cancelLabel: String?)
        /// A kind that this version does not know, as it came.
        case unknown(kind: String, json: RawJSON)
    }

    /// A choice.
    public struct Choice: JSONObjectReadable, Hashable, Sendable {
        /// The word that the answer repeats.
        public let value: String
        /// The choice, for people.
        public let label: String?
        /// More about it, for people.
        public let description: String?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.value = try json.value("value")
            self.label = json.optional("label")
            self.description = json.optional("description")
        }
    }

    /// The answer to a question, by the kind of answer that it wants.
    public enum AnswerValue: Hashable, Sendable {
        /// A text.
        case freeText(String)
        /// The word of a choice, or another text where that is allowed.
        case singleChoice(String)
        /// The words of the choices.
        case multipleChoice([String])
        /// Yes or no.
        case yesNo(Bool)
        /// A number.
        case number(Double)
        /// A day, as a text like `2026-03-04`.
        case date(String)
        /// A choice between two buttons.
        case confirm(isAccepted: Bool)
        /// An answer of a kind that this version does not know, as it came.
        case unknown(kind: String, json: RawJSON)
    }
}

extension Wacht.AnswerKind: JSONReadable {
    /// Reads it from a value.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        let json = try path.reader(of: value)
        let kind: String = try json.value("kind")
        self =
            switch kind {
            case "free_text":
                .freeText(placeholder: json.optional("placeholder"), maximumLength: json.optional("max_length"))
            case "single_choice":
                .singleChoice(
                    choices: json.fittingList("choices"),
                    allowsOther: json.optional("allow_other") ?? false
                )
            case "multi_choice":
                .multipleChoice(
                    choices: json.fittingList("choices"),
                    minimumSelected: json.optional("min_selected"),
                    maximumSelected: json.optional("max_selected")
                )
            case "yes_no":
                .yesNo
            case "number":
                .number(
                    minimum: json.optional("min"),
                    maximum: json.optional("max"),
                    unit: json.optional("unit")
                )
            case "date":
                .date(earliest: json.optional("min_date"), latest: json.optional("max_date"))
            case "confirm":
                .confirm(
                    confirmLabel: json.optional("confirm_label"),
                    cancelLabel: json.optional("cancel_label")
                )
            default:
                .unknown(kind: kind, json: RawJSON(value, at: path))
            }
    }
}

extension Wacht.AnswerValue: JSONReadable {
    /// Reads it from a value.
    ///
    /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
    public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
        let json = try path.reader(of: value)
        let kind: String = try json.value("kind")
        self =
            switch kind {
            case "free_text": .freeText(try json.value("value"))
            case "single_choice": .singleChoice(try json.value("value"))
            case "multi_choice": .multipleChoice(try json.value("values"))
            case "yes_no": .yesNo(try json.value("value"))
            case "number": .number(try json.value("value"))
            case "date": .date(try json.value("value"))
            case "confirm": .confirm(isAccepted: try json.value("accepted"))
            default: .unknown(kind: kind, json: RawJSON(value, at: path))
            }
    }
}

extension Wacht {
    /// Tools that an agent asks to run; it waits until the user decides.
    public struct ApprovalRequest: JSONObjectReadable, Hashable, Sendable {
        /// The question, for people.
        public let description: String?
        /// The tools; those without a name are left out.
        public let tools: Field<[RequestedTool]>

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.description = json.optional("description")
            self.tools = json.fittingList("tools")
        }
    }

    /// A tool that an agent asks to run.
    public struct RequestedTool: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the tool: a 64-bit number in decimal.
        public let toolID: String?
        /// Its name, by which it is approved.
        public let toolName: String
        /// The purpose of the tool.
        public let toolDescription: String?

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.toolID = json.optionalID("tool_id")
            self.toolName = try json.value("tool_name")
            self.toolDescription = json.optional("tool_description")
        }
    }

    /// The decision of a user on the tools that an agent asked for.
    ///
    /// There is no word for a denial: a tool without an approval is denied, and so are all of them where the list is
    /// empty.
    public struct ApprovalResponse: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the message with the request.
        public let requestMessageID: String?
        /// The tools that the user approved of, and how; empty where all are denied.
        ///
        /// Approvals without a tool or a mode are left out, and so count as denials.
        public let approvals: Field<[ToolApproval]>

        /// Reads it from the members of an object.
        public init(_ json: JSONReader) {
            self.requestMessageID = json.optionalID("request_message_id")
            self.approvals = json.fittingList("approvals")
        }

        /// The decision on one tool.
        ///
        /// - Parameter toolName: The tool's name.
        /// - Returns: `true` if there is an approval of it in a mode that this version knows; one in an unknown mode counts
        ///   as a denial.
        public func allows(_ toolName: String) -> Bool {
            (approvals.value ?? [])
                .contains { approval in
                    approval.toolName == toolName && (approval.mode == .once || approval.mode == .always)
                }
        }
    }

    /// A user's approval of a tool.
    public struct ToolApproval: JSONObjectReadable, Hashable, Sendable {
        /// The tool's name.
        public let toolName: String
        /// The duration of the approval.
        public let mode: ApprovalMode

        /// Reads it from the members of an object.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ json: JSONReader) throws(UndecodableEvent) {
            self.toolName = try json.value("tool_name")
            self.mode = try json.value("mode")
        }
    }

    /// The duration of a user's approval of a tool.
    public struct ApprovalMode: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// For this time.
        public static let once = ApprovalMode(rawValue: "allow_once")
        /// From now on.
        public static let always = ApprovalMode(rawValue: "allow_always")
    }
}
