import PostroomCore

/// The one typed event of a run: some of its bodies don't fit.
struct ChaosOrder: WebhookEvent {
    static let source = Source.standardWebhooks
    static let eventTypes = ["chaos.order"]

    /// What a body has that fits.
    static let mark = #""fits":true"#

    init(decoding event: Event) throws {
        guard String(decoding: event.body, as: UTF8.self).contains(Self.mark) else {
            throw UndecodableEvent(path: "fits", expectation: "true")
        }
    }
}
