import PostroomCore

extension Wakit {
    /// A text, a file or data: what a message consists of, or what was made of it.
    public struct MessagePart: JSONReadable, Hashable, Sendable {
        /// Whether it is text, a file or data.
        public let type: ContentType?
        /// What it is more precisely, for example `image`, `location` or `transcription`.
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
        /// What the contact chose of buttons or a list, where it is that.
        public let interactive: InteractiveReply?
        /// What was made of the part, such as the transcription of a recording or the description of a picture.
        public let artifacts: Field<[MessagePart]>
        /// The part as it came.
        public let json: RawJSON

        init(_ value: borrowing JSONValue, at path: borrowing JSONPath) throws(UndecodableEvent) {
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
}
