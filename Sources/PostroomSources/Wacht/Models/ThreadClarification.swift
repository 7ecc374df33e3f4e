import PostroomCore

extension Wacht {
    /// Questions that an agent asks; it waits until the user answers.
    public struct ClarificationRequest: JSONObjectReadable, Hashable, Sendable {
        /// Why it asks.
        public let context: String?
        /// The questions; empty where Wacht sends them in a form that it does not document.
        public let questions: [Question]
        /// The questions as they came: any JSON.
        public let json: RawJSON?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.context = try json.optional("context")
            let questions: LenientList<Question>? = try json.optional("questions")
            self.questions = questions?.elements ?? []
            self.json = try json.optional("questions")
        }
    }

    /// A question that an agent asks.
    public struct Question: JSONObjectReadable, Hashable, Sendable {
        /// The agent's name for it, which the answer repeats.
        public let id: String
        /// The question.
        public let text: String
        /// What kind of answer it wants.
        public let answerKind: AnswerKind

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.id = try json.id("id")
            self.text = try json.value("text")
            self.answerKind = try json.value("answer_kind")
        }
    }

    /// A user's answers to an agent's questions.
    public struct ClarificationResponse: JSONObjectReadable, Hashable, Sendable {
        /// The identity of the message with the questions.
        public let requestMessageID: String?
        /// The answers; empty where Wacht sends them in a form that it does not document.
        public let answers: [Answer]
        /// What the user wrote in place of answers.
        public let freeformText: String?
        /// The answers as they came: any JSON.
        public let json: RawJSON?

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.requestMessageID = try json.optionalID("request_message_id")
            let answers: LenientList<Answer>? = try json.optional("answers")
            self.answers = answers?.elements ?? []
            self.freeformText = try json.optional("freeform_text")
            self.json = try json.optional("answers")
        }
    }

    /// An answer to one question.
    public struct Answer: JSONObjectReadable, Hashable, Sendable {
        /// The question's name.
        public let questionID: String
        /// The answer.
        public let value: AnswerValue

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.questionID = try json.id("question_id")
            self.value = try json.value("value")
        }
    }
}

/// A list that the producer does not promise: what is no list is an empty one, and elements that do not fit are left out.
private struct LenientList<Element: JSONReadable>: JSONReadable {
    let elements: [Element]

    init(_ value: JSONValue, at path: JSONPath) {
        let place = path.text
        elements = (value.elements ?? []).enumerated()
            .compactMap { index, element in
                try? Element(element, at: JSONPath(parent: "", name: place, index: index))
            }
    }
}
