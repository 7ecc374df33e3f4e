public import PostroomCore

/// An event type that has a Swift type.
public struct CatalogueEntry: Sendable {
    /// The event type in the producer's spelling.
    public let eventType: String
    /// The Swift type that it decodes into.
    public let swiftType: any WebhookEvent.Type
    /// The happening that it tells of, in one line.
    public let summary: String
    /// Makes realistic data for a sample delivery, as the JSON text of what the source's envelope holds.
    let sample: @Sendable (inout SampleValues) -> String

    /// Describes an event type.
    ///
    /// - Parameters:
    ///   - type: The Swift type.
    ///   - summary: The happening, in one line.
    ///   - eventType: The event type, in the producer's spelling; the first of the Swift type's unless said.
    ///   - sample: Makes the data of a sample delivery, as the text of a JSON object. For a source of one's own it is the
    ///     whole body; members that name type and key are added where they are not there.
    public init<Event: WebhookEvent>(
        _ type: Event.Type,
        _ summary: String,
        eventType: String? = nil,
        sample: @escaping @Sendable (_ values: inout SampleValues) -> String
    ) {
        self.eventType = eventType ?? Event.eventTypes.first ?? ""
        self.swiftType = type
        self.summary = summary
        self.sample = sample
    }

    /// The Swift type as a program writes it, for example `Wacht.UserCreated`.
    public var swiftName: String {
        let name = String(reflecting: swiftType)
        return name.firstIndex(of: ".").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
