/// The reason why an authentic body names no event type.
///
/// It quotes nothing of the body.
public struct UnreadableReason: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of faults of a body; the raw value is a label that is fit for a metric and for the database.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The body is longer than what is read.
        case tooLarge = "too-large"
        /// Objects and arrays are nested deeper than what is read.
        case tooDeep = "too-deep"
        /// The outer object has more members than what is read.
        case tooManyMembers = "too-many-members"
        /// The body ends before its object does; an empty body does too.
        case truncated = "truncated"
        /// The body is no JSON object.
        case notAnObject = "not-an-object"
        /// A byte stands where JSON allows none of its kind.
        case notJSON = "not-json"
        /// A string holds bytes that are not UTF-8.
        case notUTF8 = "not-utf8"
        /// Two members have one name, so that parsers would disagree on which of them counts.
        case duplicateMember = "duplicate-member"
        /// Bytes follow the object; a U+0000 at the end is one.
        case trailingBytes = "trailing-bytes"
        /// The body is a JSON object, and no event type stands where the source has it.
        case noEventType = "no-event-type"
        /// The event type is empty, too long, or has control characters, so that it can't be stored.
        case unusableEventType = "unusable-event-type"

        /// The kind in words for people.
        public var text: String {
            switch self {
            case .tooLarge: "too large"
            case .tooDeep: "nested too deep"
            case .tooManyMembers: "too many members in the outer object"
            case .truncated: "ends too early"
            case .notAnObject: "not a JSON object"
            case .notJSON: "not JSON"
            case .notUTF8: "not UTF-8"
            case .duplicateMember: "two members have one name"
            case .trailingBytes: "more bytes after the object"
            case .noEventType: "no event type"
            case .unusableEventType: "an event type that is empty, too long or has control characters"
            }
        }
    }

    /// The place of the fault.
    public enum Place: Hashable, Sendable {
        /// The number of bytes before it.
        case byte(Int)
        /// The JSON path of the member, for example `data.type`.
        case path(String)
        /// The body as a whole.
        case body
    }

    /// The fault.
    public let kind: Kind
    /// The place of the fault.
    public let place: Place

    /// Names a reason.
    public init(_ kind: Kind, at place: Place = .body) {
        self.kind = kind
        self.place = place
    }

    /// The kind in words and the place, for example `not UTF-8 (byte 17)` or `no event type (data.type)`.
    public var description: String {
        switch place {
        case .byte(let offset): "\(kind.text) (byte \(offset))"
        case .path(let path): "\(kind.text) (\(path))"
        case .body: kind.text
        }
    }
}
