package import PostroomCore

/// A delivery as its handlers receive it: the event, and each type that they ask for, decoded once.
package final class PreparedDelivery: Sendable {
    package let event: Event
    /// The number of places in the body that did not fit and were left out.
    let oddities: Int
    private let decoded: [(type: ObjectIdentifier, value: Result<any WebhookEvent, any Error>)]

    package init(_ event: Event, decoders: some Sequence<EventDecoder>) {
        var decoded: [(type: ObjectIdentifier, value: Result<any WebhookEvent, any Error>)] = []
        for decoder in decoders where !decoded.contains(where: { $0.type == decoder.identity }) {
            decoded.append((decoder.identity, Result { try decoder.decode(event) }))
        }
        self.event = event
        self.oddities = decoded.reduce(0) { most, entry in max(most, (try? entry.value.get())?.oddities.count ?? 0) }
        self.decoded = decoded
    }

    /// Returns the value that a decoder made, or its error; `nil` where there is no decoder.
    package func value(_ decoder: EventDecoder?) -> Result<any WebhookEvent, any Error>? {
        guard let decoder else { return nil }
        return decoded.first { $0.type == decoder.identity }?.value
    }
}
