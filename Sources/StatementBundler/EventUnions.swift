/// The Swift file that declares a source's unions: an enum of all its events, and one for each group.
extension EventTable {
    /// A field that all members of a union have.
    private typealias CommonField = (name: String, type: String, documentation: [String])

    /// The Swift file.
    var unions: String {
        """
        \(SwiftLiterals.head(from: path))
        public import PostroomCore

        extension \(namespace) {
        \(([anyEvent] + groups.map(union)).joined(separator: "\n"))}

        """
    }

    private var anyEvent: String {
        declaration(
            name: "AnyEvent",
            documentation: [
                "An event of the source `\(source)`: one of a known type, or any other.",
                "Handlers of it get every delivery of the source.",
            ],
            members: events,
            takesUnknown: true
        )
    }

    private func union(_ group: Group) -> String {
        declaration(
            name: group.name,
            documentation: [group.summary.capitalizedFirst + "."] + group.discussion,
            members: group.types.compactMap { type in events.first { $0.type == type } },
            takesUnknown: false
        )
    }

    private func declaration(name: String, documentation: [String], members: [Event], takesUnknown: Bool) -> String {
        let types = takesUnknown ? ["*"] : members.map(\.type)
        return """
            \(SwiftLiterals.documentation(documentation, indentation: 4))\
                public enum \(name): WebhookEvent, Hashable {
            \(members.map(enumCase).joined())\(takesUnknown ? Self.unknownCase : "")
                    /// The source that sends it.
                    public static let source = \(namespace)Envelope.source
                    /// \(takesUnknown ? "Every event type." : "The event types of the cases.")
                    public static let eventTypes = \
            \(SwiftLiterals.tallList(types.map(SwiftLiterals.string), indentation: 8))

                    /// Decodes the event.
                    ///
                    /// - Throws: ``PostroomCore/UndecodableEvent`` where the body does not fit the Swift type of its event type.
                    public init(decoding event: Event) throws {
                        switch event.type ?? "" {
            \(members.map(decoding).joined())            default: \(takesUnknown ? Self.unknownValue : Self.misfit)
                        }
                    }

                    /// The places of the body that did not fit and were left out, at most 32.
                    public var oddities: [EventOddity] {
                        switch self {
            \(members.map { "            case .\(caseName($0))(let event): event.oddities\n" }.joined())\
            \(takesUnknown ? "            case .unknown: []\n" : "")            }
                    }
            \(common(members).map { accessor($0, members, takesUnknown: takesUnknown) }.joined())    }

            """
    }

    private static let unknownCase = """
                /// An event of a type that this version has no Swift type for, or of none, and its body as received.
                case unknown(type: String?, body: [UInt8])

        """
    private static let unknownValue = "self = .unknown(type: event.type, body: event.body)"
    private static let misfit = "throw UndecodableEvent(unexpectedTypeFor: Self.eventTypes)"

    private func enumCase(_ event: Event) -> String {
        """
                /// `\(event.type)`: \(event.summary).
                case \(caseName(event))(\(event.name))

        """
    }

    private func decoding(_ event: Event) -> String {
        "            case \(SwiftLiterals.string(event.type)): self = .\(caseName(event))(try \(event.name)(decoding: event))\n"
    }

    private func accessor(_ field: CommonField, _ members: [Event], takesUnknown: Bool) -> String {
        let mark = takesUnknown && !field.type.hasSuffix("?") ? "?" : ""
        return """

            \(SwiftLiterals.documentation(field.documentation, indentation: 8))\
                    public var \(field.name): \(field.type)\(mark) {
                        switch self {
            \(members.map { "            case .\(caseName($0))(let event): event.\(field.name)\n" }.joined())\
            \(takesUnknown ? "            case .unknown: nil\n" : "")            }
                    }

            """
    }

    /// The public fields that all members have, of one name and one type.
    private func common(_ members: [Event]) -> [CommonField] {
        let fields = members.map { [notice] + (object(of: $0)?.fields ?? []) }
        return (fields.first ?? [])
            .compactMap { field in
                guard !field.documentation.isEmpty else { return nil }
                let isCommon = fields.allSatisfy { $0.contains { $0.name == field.name && $0.type == field.type } }
                return isCommon ? (field.name, field.type, Array(field.documentation.prefix(1))) : nil
            }
    }

    /// The Swift name with its first word in lower case: `apiKeyCreated`, `userMFAEnabled`.
    private func caseName(_ event: Event) -> String {
        let capitals = event.name.prefix { $0.isUppercase }.count
        let count = capitals > 1 && capitals < event.name.count ? capitals - 1 : capitals
        return event.name.prefix(count).lowercased() + event.name.dropFirst(count)
    }
}
