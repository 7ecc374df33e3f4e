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
    init<Event: WebhookEvent>(
        _ type: Event.Type,
        _ summary: String,
        eventType: String? = nil,
        sample: @escaping @Sendable (inout SampleValues) -> String
    ) {
        self.eventType = eventType ?? Event.eventTypes[0]
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

/// Everything the catalogue knows of one source: one value in the source's folder.
struct SourceModel: Sendable {
    let definition: SourceDefinition
    let rules: any SourceRules
    /// The event types that have a Swift type; adding one is adding an entry here.
    let events: [CatalogueEntry]
    /// Event types that the producer is known to send, for samples, where none has a Swift type.
    var sampleTypes: [String] = ["sample.created"]
    /// True where an authentic delivery names its event type.
    var promisesEventType: Bool
    /// Puts a sample's data into the source's envelope.
    let envelope: @Sendable (_ eventType: String, _ data: String, _ values: inout SampleValues) -> SampleDelivery

    init(
        definition: SourceDefinition,
        rules: any SourceRules,
        events: [CatalogueEntry],
        envelope: @escaping @Sendable (String, String, inout SampleValues) -> SampleDelivery
    ) {
        self.definition = definition
        self.rules = rules
        self.events = events
        self.promisesEventType = !events.isEmpty
        self.envelope = envelope
    }
}
