import PostroomCore
import PostroomInbox

/// An endpoint with everything that is known of it: what this process is configured with, and what any process told.
struct EndpointView: Sendable {
    let name: EndpointName
    /// The configuration of this process; `nil` where it has none of that name.
    let configured: ConfiguredEndpoint?
    let rates: EndpointRates
    /// The secrets, those first that are configured here.
    let secrets: [SecretView]

    /// The time of the last authentic request, within a few seconds; `nil` where there was none yet.
    var lastAuthentic: Timestamp? {
        secrets.compactMap(\.use?.usedAt).max()
    }

    /// True where nothing came for longer than is expected.
    func isSilent(at now: Timestamp) -> Bool {
        guard let expected = configured?.expectedEvery, let last = lastAuthentic else { return false }
        return Duration.microseconds(now.rawValue - last.rawValue) > expected
    }

    /// The time since the last authentic request, marked where it is too long.
    func silence(_ now: Timestamp) -> HTML {
        guard isSilent(at: now) else { return Parts.age(lastAuthentic, now) }
        return "<span class=\"state bad\">silent</span> \(Parts.age(lastAuthentic, now))"
    }
}

/// A secret of an endpoint, by its reference.
struct SecretView: Sendable {
    /// The reference; empty where the verification does not say which secret it was.
    let name: String
    /// Its use; `nil` where it never was the one that fitted.
    let use: SecretUse?
    /// True where this process is configured with it.
    let isConfigured: Bool
}

extension ConsoleData {
    /// Reads all endpoints, by name.
    func endpoints(now: Timestamp) async throws -> [EndpointView] {
        async let rates = rates(now: now)
        async let uses = inbox.secretUses()
        return try await Self.views(endpoints, rates.endpoints, uses)
    }

    /// Puts together what is known of each endpoint.
    static func views(
        _ configured: [ConfiguredEndpoint],
        _ rates: [EndpointRates],
        _ uses: [SecretUse]
    ) -> [EndpointView] {
        let rates = Dictionary(rates.map { (EndpointName(rawValue: $0.name), $0) }) { first, _ in first }
        let known = Dictionary(configured.map { ($0.name, $0) }) { first, _ in first }
        let used = Dictionary(grouping: uses, by: \.endpoint)
        let names = Set(rates.keys).union(known.keys).union(used.keys)
        return names.sorted { $0.rawValue < $1.rawValue }
            .map { name in
                EndpointView(
                    name: name,
                    configured: known[name],
                    rates: rates[name] ?? EndpointRates(name: name.rawValue, []),
                    secrets: secrets(known[name], used[name] ?? [])
                )
            }
    }

    private static func secrets(_ endpoint: ConfiguredEndpoint?, _ uses: [SecretUse]) -> [SecretView] {
        let names = endpoint?.secretNames ?? []
        let ours = names.map { name in
            SecretView(name: name, use: uses.first { $0.secret == name }, isConfigured: true)
        }
        let others = uses.filter { !names.contains($0.secret) }
        return ours + others.map { SecretView(name: $0.secret, use: $0, isConfigured: $0.secret.isEmpty) }
    }
}
