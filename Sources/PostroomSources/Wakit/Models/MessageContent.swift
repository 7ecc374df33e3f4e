public import PostroomCore

extension Wakit {
    /// The content of a message.
    ///
    /// The parts that are there depend on ``kind``; ``json`` has everything.
    public struct MessageContent: JSONReadable, Hashable, Sendable {
        /// The version of the content's form; rows from before versions have none.
        public let version: String?
        /// The text, file or data that the message consists of.
        public let part: MessagePart
        /// The identity of the message that it answers or reacts to.
        public let repliedMessageID: String?
        /// `true` if it was passed on from another conversation.
        public let isForwarded: Bool
        /// The advertisement, post or link that led to the message.
        public let referral: Referral?
        /// The product of a catalogue that the message asks about.
        public let referredProduct: ReferredProduct?
        /// The work of an agent that the message asks for or answers.
        public let task: MessageTask?

        /// Reads it from a value.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            let json = try path.reader(of: value)
            self.part = MessagePart(json, RawJSON(value, at: path))
            self.version = json.optionalID("version")
            self.repliedMessageID = json.optionalID("re_message_id")
            self.isForwarded = json.optional("forwarded") ?? false
            self.referral = part.kind == .referral ? json.optional("data") : json.optional("referral")
            self.referredProduct = json.optional("referred_product")
            self.task = json.optional("task")
        }

        /// The form: text, a file or data; `nil` where the row was made before its content was known.
        public var type: ContentType? { part.type }
        /// The kind, for example `reaction`, `image` or `location`.
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
        /// The choice of the contact among buttons or a list, where it is one.
        public var interactive: InteractiveReply? { part.interactive }
        /// The parts that were made of the content, such as a transcription.
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

    /// A text, a file or data: what a message consists of, or what was made of it.
    public struct MessagePart: JSONReadable, Hashable, Sendable {
        /// The form: text, a file or data.
        public let type: ContentType?
        /// The kind, for example `image`, `location` or `transcription`.
        public let kind: ContentKind?
        /// The text: the part itself, or the caption of a file.
        public let text: String?
        /// The file, where it is one.
        public let file: MessageFile?
        /// The contacts, where it is some; absent otherwise.
        public let contacts: Field<[SharedContact]>
        /// The place, where it is one.
        public let location: Location?
        /// The order, where it is one.
        public let order: Order?
        /// The choice of the contact among buttons or a list, where it is one.
        public let interactive: InteractiveReply?
        /// The parts that were made of it, such as the transcription of a recording or the description of a picture.
        public let artifacts: Field<[MessagePart]>
        /// The part as it came.
        public let json: RawJSON

        /// Reads it from a value.
        ///
        /// - Throws: ``PostroomCore/UndecodableEvent`` where it does not fit.
        public init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            self.init(try path.reader(of: value), RawJSON(value, at: path))
        }

        init(_ json: JSONReader, _ raw: RawJSON) {
            let kind: ContentKind? = json.optional("kind")
            let text: MessageText? = json.optional("text")
            self.type = json.optional("type")
            self.kind = kind
            self.text = text?.text
            self.file = json.optional("file")
            self.contacts = kind == .contacts ? json.list("data") : .absent
            self.location = kind == .location ? json.optional("data") : nil
            self.order = kind == .order ? json.optional("data") : nil
            self.interactive = kind == .interactive || kind == .button ? json.optional("data") : nil
            self.artifacts = json.fittingList("artifacts")
            self.json = raw
        }
    }

    /// A text, which the documentation prints as an object with a `body` and the wire carries as a string.
    private struct MessageText: JSONReadable {
        let text: String?

        init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            if value.kind == .object {
                self.text = try path.reader(of: value).optional("body")
            } else {
                self.text = try String(value, at: path)
            }
        }
    }

    /// The kind of a message's content, more precise than its form.
    public struct ContentKind: OpenEnum, JSONReadable {
        /// The word on the wire.
        public let rawValue: String

        /// Takes any word, known or not.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// Text.
        public static let text = ContentKind(rawValue: "text")
        /// A reaction to another message, mostly an emoji.
        public static let reaction = ContentKind(rawValue: "reaction")
        /// The text of a file.
        public static let caption = ContentKind(rawValue: "caption")
        /// The transcription of a recording.
        public static let transcription = ContentKind(rawValue: "transcription")
        /// The description of a picture.
        public static let description = ContentKind(rawValue: "description")
        /// A recording.
        public static let audio = ContentKind(rawValue: "audio")
        /// A picture.
        public static let image = ContentKind(rawValue: "image")
        /// A video.
        public static let video = ContentKind(rawValue: "video")
        /// A document.
        public static let document = ContentKind(rawValue: "document")
        /// A sticker.
        public static let sticker = ContentKind(rawValue: "sticker")
        /// A file of any kind.
        public static let file = ContentKind(rawValue: "file")
        /// A file of a kind that the service does not tell.
        public static let media = ContentKind(rawValue: "media")
        /// A story.
        public static let story = ContentKind(rawValue: "story")
        /// A story on Instagram.
        public static let instagramStory = ContentKind(rawValue: "ig_story")
        /// A mention in a story.
        public static let storyMention = ContentKind(rawValue: "story_mention")
        /// An answer to a story.
        public static let storyReply = ContentKind(rawValue: "story_reply")
        /// Contacts.
        public static let contacts = ContentKind(rawValue: "contacts")
        /// A place.
        public static let location = ContentKind(rawValue: "location")
        /// An order.
        public static let order = ContentKind(rawValue: "order")
        /// Buttons or a list, or what was chosen of them.
        public static let interactive = ContentKind(rawValue: "interactive")
        /// A button that was pressed.
        public static let button = ContentKind(rawValue: "button")
        /// A message from a template.
        public static let template = ContentKind(rawValue: "template")
        /// A file that the service withholds.
        public static let mediaPlaceholder = ContentKind(rawValue: "media_placeholder")
        /// Something that the service can't pass on.
        public static let unsupported = ContentKind(rawValue: "unsupported")
        /// An advertisement that led to the conversation.
        public static let referral = ContentKind(rawValue: "referral")
        /// Something shared from elsewhere.
        public static let share = ContentKind(rawValue: "share")
    }
}
