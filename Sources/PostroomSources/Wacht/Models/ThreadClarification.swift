import PostroomCore

extension Wacht {
    /// Questions that an agent asks; it waits until the user answers.
    public struct ClarificationRequest: JSONObjectReadable, Hashable, Sendable {
        /// Why it asks.
        public let context: String?
        /// The questions; absent where Wacht sends them in a form that it does not document.
        ///
        /// Those that don't fit are left out, and stand among the event's oddities; ``json`` has them all.
        public let questions: Field<[Question]>
        /// The questions as they came: any JSON.
        public let json: RawJSON?

        init(_ json: JSONReader) {
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
        /// The answers; absent where Wacht sends them in a form that it does not document.
        ///
        /// Those that don't fit are left out, and stand among the event's oddities; ``json`` has them all.
        public let answers: Field<[Answer]>
        /// What the user wrote in place of answers.
        public let freeformText: String?
        /// The answers as they came: any JSON.
        public let json: RawJSON?

        init(_ json: JSONReader) {
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

        init(_ json: JSONReader) throws(UndecodableEvent) {
            self.questionID = try json.id("question_id")
            self.value = try json.value("value")
        }
    }
}
