import PostroomCore

extension Wacht {
    /// What kind of answer a question wants.
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

        init(_ json: JSONReader) throws(UndecodableEvent) {
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
        /// Which of two buttons.
        case confirm(isAccepted: Bool)
        /// An answer of a kind that this version does not know, as it came.
        case unknown(kind: String, json: RawJSON)
    }
}

extension Wacht.AnswerKind: JSONReadable {
    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
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
    init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
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
