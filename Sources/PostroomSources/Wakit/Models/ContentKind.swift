import PostroomCore

extension Wakit {
    /// What a message's content is, more precisely than its form.
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
        /// What is said in a recording.
        public static let transcription = ContentKind(rawValue: "transcription")
        /// What is seen in a picture.
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
