public import FoundationEssentials
public import PostroomCore
public import PostroomSources

/// A request as a source's sender would make it, to be posted to a receiver under test with any HTTP client.
public struct TestRequest: Sendable {
    /// The method, always `POST`.
    public let method = "POST"
    /// The path of the endpoint, `/hooks/{endpoint}`, with the query that a scheme needs.
    public let path: String
    /// The header fields, signature included.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// Makes and signs a realistic request of a source's catalogue.
    ///
    /// - Parameters:
    ///   - source: The source whose sender is imitated.
    ///   - eventType: The event type, in the producer's spelling; for a generic source any.
    ///   - secrets: The endpoint's secrets. A scheme that can carry several signatures carries one of each, as during a
    ///     rotation; the others are signed with the first.
    ///   - endpoint: The endpoint's name; the source's unless said.
    ///   - seed: The seed of the made-up values: the same for the same seed.
    ///   - now: The time of the event and of sending.
    ///   - sources: The sources; those that come with Postroom unless said.
    /// - Returns: The request.
    /// - Throws: ``TrialProblem`` where the catalogue has no such event type,
    ///   ``PostroomSources/SecretProblem`` where a secret can't sign for the source.
    public static func signed(
        _ source: Source,
        _ eventType: String,
        secrets: [Secret],
        endpoint: EndpointName? = nil,
        seed: UInt64 = 1,
        now: Date = Date(),
        sources: SourceRegistry = .builtIn
    ) throws -> TestRequest {
        let sample = try sample(source, eventType, seed: seed, at: now, sources)
        return try signed(
            source,
            body: sample.body,
            id: sample.id,
            secrets: secrets,
            endpoint: endpoint,
            now: now,
            fields: sample.headers,
            sources: sources
        )
    }

    /// Signs a body of one's own.
    ///
    /// - Parameters:
    ///   - source: The source whose sender is imitated.
    ///   - body: The body; it need not fit anything.
    ///   - id: The value of `webhook-id`; sources without that header pay it no heed.
    ///   - secrets: The endpoint's secrets. A scheme that can carry several signatures carries one of each, as during a
    ///     rotation; the others are signed with the first.
    ///   - endpoint: The endpoint's name; the source's unless said.
    ///   - header: The header that carries the signature, or `nil` for the source's own.
    ///   - now: The time of sending.
    ///   - url: The URL that it will be posted to, which some schemes sign; `nil` for `https://localhost` and the path.
    ///   - fields: Further header fields, for example one with the event type.
    ///   - isInvalid: True to spoil the signature or token: right in form, wrong in content.
    ///   - sources: The sources; those that come with Postroom unless said.
    /// - Returns: The request.
    /// - Throws: ``PostroomSources/SecretProblem`` where a secret can't sign for the source.
    public static func signed(
        _ source: Source,
        body: [UInt8],
        id: String = "msg_1",
        secrets: [Secret],
        endpoint: EndpointName? = nil,
        header: String? = nil,
        now: Date = Date(),
        url: String? = nil,
        fields: [(name: String, value: String)] = [],
        isInvalid: Bool = false,
        sources: SourceRegistry = .builtIn
    ) throws -> TestRequest {
        let endpoint = endpoint ?? EndpointName(rawValue: source.rawValue)
        let unsigned = UnsignedRequest(
            body: body,
            id: id,
            now: now,
            header: header,
            url: url ?? "https://localhost/hooks/\(endpoint)",
            fields: fields,
            isInvalid: isInvalid
        )
        return TestRequest(endpoint, try sources.sign(unsigned, as: source, secrets: secrets))
    }

    private init(_ endpoint: EndpointName, _ request: SignedRequest) {
        self.path = "/hooks/\(endpoint)\(request.query)"
        self.headers = request.headers
        self.body = request.body
    }

    static func sample(
        _ source: Source,
        _ eventType: String,
        seed: UInt64,
        at time: Date,
        _ sources: SourceRegistry
    ) throws(TrialProblem) -> SampleDelivery {
        let sample = SampleDeliveries(seed: seed, sources: sources).sample(source, eventType, index: 0, now: time)
        guard let sample else {
            throw TrialProblem(
                description: "there is no sample of '\(eventType)' from \(source); 'postroom sources' lists the types"
            )
        }
        return sample
    }
}
