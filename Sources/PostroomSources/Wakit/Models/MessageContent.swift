import PostroomCore

extension Wakit {
    /// What a message says.
    ///
    /// Which parts there are depends on ``kind``; ``json`` has everything.
    public struct MessageContent: JSONReadable, Hashable, Sendable {
        /// The version of the content's form; rows from before versions have none.
        public let version: String?
        /// The text, file or data that the message consists of.
        public let part: MessagePart
        /// The identity of the message that it answers or reacts to.
        public let repliedMessageID: String?
        /// Whether it was passed on from another conversation.
        public let isForwarded: Bool
        /// The advertisement, post or link that led to the message.
        public let referral: Referral?
        /// The product of a catalogue that the message asks about.
        public let referredProduct: ReferredProduct?
        /// The work of an agent that the message asks for or answers.
        public let task: MessageTask?

        init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            let json = try path.reader(of: value)
            self.part = MessagePart(json, RawJSON(value, at: path))
            self.version = json.optionalID("version")
            self.repliedMessageID = json.optionalID("re_message_id")
            self.isForwarded = json.optional("forwarded") ?? false
            self.referral = part.kind == .referral ? json.optional("data") : json.optional("referral")
            self.referredProduct = json.optional("referred_product")
            self.task = json.optional("task")
        }

        /// Whether it is text, a file or data; `nil` where the row was made before its content was known.
        public var type: ContentType? { part.type }
        /// What it is more precisely, for example `reaction`, `image` or `location`.
        public var kind: ContentKind? { part.kind }
        /// The text: the message itself, or the caption of a file.
        public var text: String? { part.text }
        /// The file, where it is one.
        public var file: MessageFile? { part.file }
        /// The contacts, where it is some; absent otherwise.
        public var contacts: Field<[SharedContact]> { part.contacts }
        /// The place, where it is one.
        public var location: Location? { part.location }
        /// The order, where it is one.
        public var order: Order? { part.order }
        /// What the contact chose of buttons or a list, where it is that.
        public var interactive: InteractiveReply? { part.interactive }
        /// What was made of the content, such as a transcription.
        public var artifacts: Field<[MessagePart]> { part.artifacts }
        /// The content as it came.
        public var json: RawJSON { part.json }
    }

    /// The form of a message's content.
    public struct ContentType: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Text.
        public static let text = ContentType(rawValue: "text")
        /// A file, such as an image or a voice message.
        public static let file = ContentType(rawValue: "file")
        /// Data, such as contacts, a location or an order.
        public static let data = ContentType(rawValue: "data")
    }
}
