public import FoundationEssentials
public import PostroomCore

/// A made-up delivery, realistic in shape and size.
public struct SampleDelivery: Sendable {
    /// The event type that the source's rules will find.
    public let eventType: String
    /// The sender's identity of it: what goes into `webhook-id` where the source sends that header.
    public let id: String
    /// The header fields that the source sends beside the signature's, for example one with the event type.
    public let headers: [(name: String, value: String)]
    /// The body as the source would write it.
    public let body: [UInt8]

    /// Describes a delivery.
    public init(eventType: String, id: String, headers: [(name: String, value: String)] = [], body: String) {
        self.eventType = eventType
        self.id = id
        self.headers = headers
        self.body = Array(body.utf8)
    }
}

/// Makes sample deliveries: the same ones for the same seed, with identities of their own for every index.
public struct SampleDeliveries: Sendable {
    private let seed: UInt64
    private let sources: SourceRegistry

    /// Chooses the seed and the sources.
    ///
    /// - Parameters:
    ///   - seed: The seed of the made-up values.
    ///   - sources: The sources; those that come with Postroom unless said.
    public init(seed: UInt64, sources: SourceRegistry = .builtIn) {
        self.seed = seed
        self.sources = sources
    }

    /// Makes a sample.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - eventType: The event type, or `nil` to go through the source's catalogue by index. Generic sources take any.
    ///   - index: The number of the sample; another index gives other identities.
    ///   - now: The time of the event.
    /// - Returns: The sample, or `nil` where the source is unknown or its catalogue has no such event type.
    public func sample(
        _ source: Source,
        _ eventType: String? = nil,
        index: UInt64,
        now: Date
    ) -> SampleDelivery? {
        guard let model = sources.model(of: source) else { return nil }
        var values = SampleValues(seed: seed, index: index, now: now)
        guard !model.events.isEmpty else {
            let types = model.sampleTypes
            let type = eventType ?? types[Int(index % UInt64(types.count))]
            return model.envelope(type, Self.genericData(&values), &values)
        }
        let cycled = model.events[Int(index % UInt64(model.events.count))]
        let chosen = eventType.map { type in model.events.first { $0.eventType == type } } ?? cycled
        return chosen.map { model.envelope($0.eventType, $0.sample(&values), &values) }
    }

    private static func genericData(_ values: inout SampleValues) -> String {
        """
        {"id":"\(values.uuid())","number":\(values.index),"amount":"\(values.number(1...9_999)).\
        \(values.number(10...99))","currency":"\(values.pick(["EUR", "USD", "ZWG"]))"}
        """
    }
}
