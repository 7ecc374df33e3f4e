package import PostroomCore

/// A named URL path with a source and its secrets.
package struct EndpointSettings: Hashable, Sendable {
    /// The answer to a request whose signature or token is missing or wrong.
    package enum RefusalStatus: Int, Sendable, CaseIterable {
        /// 401, which some senders take as a reason to drop the event for good.
        case unauthorized = 401
        /// 503, so that the sender comes back after a mistake of ours with its secret.
        case unavailable = 503
    }

    /// The name, as it stands in the URL.
    package let name: EndpointName
    /// The kind of producer; after loading, one of those that are known.
    package var source: Source = ""
    /// The references to the secrets; after loading, one at least.
    package var secrets: [SecretReference] = []
    /// A mark of an endpoint whose sender's secret is not known yet.
    ///
    /// Dynamic makes it by the same registration that sends the first ping: that ping is stored and handled by nobody, and
    /// everything else is asked to come again.
    package var isPending = false
    /// The header that carries the signature, or `nil` for the source's own.
    package var header: String?
    /// The tolerance of a signed time, or `nil` for the source's own.
    package var tolerance: Duration?
    /// The longest body in bytes, or `nil` for the source's own.
    package var bodyLimit: Int?
    /// The answer to requests that are not authentic.
    package var refusalStatus: RefusalStatus = .unauthorized
    /// The time within which something is expected to come, or `nil` where silence means nothing.
    package var expectedEvery: Duration?
    /// The URL as the producer knows it, for schemes that sign it; `nil` for the one that requests name.
    package var url: String?
    /// The tokens that a handshake has to carry, for producers whose handshake is not signed.
    package var handshakeTokens: [SecretReference] = []
    /// The scheme of the source `custom`.
    package var scheme = SchemeSettings()
    /// The places of event type, key, object and time.
    package var locations = LocationSettings()

    /// An endpoint with defaults, which still needs a source and secrets.
    package init(name: EndpointName) {
        self.name = name
    }

    /// The keys of an endpoint.
    package static let table: [Setting<EndpointSettings>] =
        own + LocationSettings.table.map { $0.on(\EndpointSettings.locations) }
        + SchemeSettings.table.map { $0.within("scheme", \EndpointSettings.scheme) }

    private static let own: [Setting<EndpointSettings>] = [
        Setting("source", \.source, .source, "the kind of producer; 'postroom sources' lists them"),
        Setting(
            "secrets",
            list: \.secrets,
            .secretReference,
            isSecret: true,
            "where the secrets are; a request that fits any of them is authentic"
        ),
        Setting("pending", \.isPending, .flag, "true while the sender's secret is not known yet; for dynamic only"),
        Setting("header", optional: \.header, .headerName, "the header with the signature, if not the source's own"),
        Setting(
            "tolerance",
            optional: \.tolerance,
            .duration(.seconds(1)...(.seconds(30 * 86_400))),
            "how far a signed time may be off, if not the source's own"
        ),
        Setting(
            "body-limit",
            optional: \.bodyLimit,
            .bytes(.kibibytes(1)...(.mebibytes(64))),
            "the longest body, if not the source's own; longer ones are answered 413"
        ),
        Setting(
            "refusal-status",
            \.refusalStatus,
            .choice,
            "the answer to a wrong signature; 503 for senders that drop an event on 4xx"
        ),
        Setting(
            "expect-every",
            optional: \.expectedEvery,
            .duration(.seconds(1)...(.seconds(30 * 86_400))),
            "how often something comes; an alert tells of a longer silence"
        ),
        Setting("url", optional: \.url, .url, "the URL as the producer knows it, for schemes that sign it"),
        Setting(
            "handshake-tokens",
            list: \.handshakeTokens,
            .secretReference,
            isSecret: true,
            "where the tokens are that a handshake has to carry; for meta, its verify token"
        ),
    ]
}
