public import FoundationEssentials
public import PostroomCore
public import PostroomSources

extension Event {
    /// A realistic event of a source's catalogue.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - eventType: The event type, in the producer's spelling; for a generic source any.
    ///   - seed: The seed of the made-up values: the same for the same seed.
    ///   - time: The time at which it happened and was received.
    ///   - endpoint: The endpoint's name; the source's unless said.
    ///   - sources: The sources; those that come with Postroom unless said.
    /// - Returns: The event, as a handler would be given it.
    /// - Throws: ``TrialProblem`` where the source's catalogue has no such event type.
    public static func sample(
        _ source: Source,
        _ eventType: String,
        seed: UInt64 = 1,
        at time: Date = Date(timeIntervalSince1970: 1_780_000_000),
        endpoint: EndpointName? = nil,
        sources: SourceRegistry = .builtIn
    ) throws -> Event {
        let sample = try TestRequest.sample(source, eventType, seed: seed, at: time, sources)
        // What the key of a delivery is read from, where the sender has it in a header.
        let headers = [(name: "webhook-id", value: sample.id)] + sample.headers
        return received(
            from: source,
            body: sample.body,
            headers: headers,
            at: time,
            endpoint: endpoint,
            sources: sources
        )
    }

    /// An event with a body of one's own, identified by its source's rules.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - body: The body; it need not fit anything.
    ///   - headers: The header fields that came with it.
    ///   - time: The time at which it was received.
    ///   - endpoint: The endpoint's name; the source's unless said.
    ///   - sources: The sources; those that come with Postroom unless said.
    /// - Returns: The event, as a handler would be given it.
    public static func received(
        from source: Source,
        body: [UInt8],
        headers: [(name: String, value: String)] = [],
        at time: Date = Date(timeIntervalSince1970: 1_780_000_000),
        endpoint: EndpointName? = nil,
        sources: SourceRegistry = .builtIn
    ) -> Event {
        let rules = sources.rules(for: source)
        let headers = Headers(headers)
        let identity = rules.identify(headers: headers, body: body)
        let delivery = Delivery(
            id: .made(for: identity.idempotencyKey),
            endpoint: endpoint ?? EndpointName(rawValue: source.rawValue),
            source: source,
            eventType: identity.eventType,
            idempotencyKey: identity.idempotencyKey,
            receivedAt: Timestamp(time),
            headers: headers,
            body: body
        )
        return Event(delivery: delivery, details: rules.details(of: delivery))
    }

    /// An event with a body that is written in the test.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - body: The body's text.
    ///   - headers: The header fields that came with it.
    ///   - time: The time at which it was received.
    ///   - endpoint: The endpoint's name; the source's unless said.
    ///   - sources: The sources; those that come with Postroom unless said.
    /// - Returns: The event, as a handler would be given it.
    public static func received(
        from source: Source,
        body: String,
        headers: [(name: String, value: String)] = [],
        at time: Date = Date(timeIntervalSince1970: 1_780_000_000),
        endpoint: EndpointName? = nil,
        sources: SourceRegistry = .builtIn
    ) -> Event {
        received(from: source, body: Array(body.utf8), headers: headers, at: time, endpoint: endpoint, sources: sources)
    }
}

extension DeliveryID {
    /// Returns the same number for the same key, and as good as always another for another.
    fileprivate static func made(for key: String) -> DeliveryID {
        // FNV-1a, of which a batch's number keeps 40 bits.
        let hash = key.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return DeliveryID(batch: BatchID(rawValue: Int64(hash >> 24)), ordinal: 0)
    }
}
