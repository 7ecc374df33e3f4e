import PostroomCore

extension UnreadableReason {
    /// The reason for which a text is not read as JSON.
    init(_ fault: JSONFault) {
        let kind: Kind =
            switch fault.kind {
            case .tooLarge: .tooLarge
            case .tooDeep: .tooDeep
            case .tooManyMembers: .tooManyMembers
            case .truncated: .truncated
            case .notAnObject: .notAnObject
            case .unexpectedByte: .notJSON
            case .invalidUTF8: .notUTF8
            case .duplicateMember: .duplicateMember
            case .trailingBytes: .trailingBytes
            }
        self.init(kind, at: .byte(fault.offset))
    }

    /// The reason for which no event type is found in an object, or `nil` where `type` is one.
    ///
    /// - Parameters:
    ///   - type: The value that the envelope gave as the type.
    ///   - object: The body's object.
    ///   - paths: The places of the type, each as the names that lead to it.
    init?(ofType type: String?, in object: JSONObject, at paths: [[String]]) {
        guard IdentityText.eventType(type) == nil else { return nil }
        let missing = paths.lazy.compactMap { Self.missing(in: object, at: $0) }.first
        self = missing ?? UnreadableReason(.unusableEventType, at: .path(paths[0].joined(separator: ".")))
    }

    /// Says where a path breaks off before it leads to a text; `nil` where it leads to one that is not empty.
    private static func missing(in object: JSONObject, at path: [String]) -> UnreadableReason? {
        var object: JSONObject? = object
        for (index, name) in path.enumerated() {
            let place = Place.path(path[...index].joined(separator: "."))
            switch object?.lookup(name) {
            case .several: return UnreadableReason(.duplicateMember, at: place)
            case .absent, nil: return UnreadableReason(.noEventType, at: place)
            case .one(let value) where index < path.count - 1:
                guard value.kind == .object else { return UnreadableReason(.noEventType, at: place) }
                object = value.object
            case .one(let value):
                guard value.kind == .string else { return UnreadableReason(.noEventType, at: place) }
                guard value.string != "" else { return UnreadableReason(.unusableEventType, at: place) }
            }
        }
        return nil
    }
}
