import PostroomCore

extension Wakit {
    /// What a message says.
    ///
    /// The common parts are typed; ``json`` has everything.
    public struct MessageContent: JSONReadable, Hashable, Sendable {
        /// The version of the content's form; rows from before versions have none.
        public let version: String?
        /// Whether it is text, a file or data; `nil` where the row was made before its content was known.
        public let type: ContentType?
        /// What it is more precisely, for example `reaction`, `image` or `location`.
        public let kind: ContentKind?
        /// The text: the message itself, or the caption of a file.
        public let text: String?
        /// The identity of the message that it answers or reacts to.
        public let repliedMessageID: String?
        /// Whether it was passed on from another conversation.
        public let isForwarded: Bool
        /// The content as it came.
        public let json: RawJSON

        init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
            let json = try path.reader(of: value)
            self.version = json.optionalID("version")
            self.type = json.optional("type")
            self.kind = json.optional("kind")
            let text: MessageText? = json.optional("text")
            self.text = text?.text
            self.repliedMessageID = json.optionalID("re_message_id")
            self.isForwarded = json.optional("forwarded") ?? false
            self.json = RawJSON(value, at: path)
        }
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
}
