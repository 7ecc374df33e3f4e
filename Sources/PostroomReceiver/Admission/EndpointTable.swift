import NIOCore
import PostroomCore

/// The endpoints by name, and the way from a request's target to them.
struct EndpointTable: Sendable {
    private let entries: [String: EndpointEntry]
    private let pathPrefix: String

    /// Lists endpoints; their paths may begin with a prefix, such as `/webhooks`, which a proxy may have taken off.
    init(_ endpoints: [ReceiverEndpoint], pathPrefix: String = "", metrics: ReceiverMetrics, notes: IntakeNotes) {
        var entries: [String: EndpointEntry] = [:]
        for endpoint in endpoints {
            entries[endpoint.name.rawValue] = EndpointEntry(endpoint, metrics: metrics, notes: notes)
        }
        self.entries = entries
        self.pathPrefix = pathPrefix
    }

    /// The endpoint that a request's target names, or `nil`.
    subscript(target target: String) -> EndpointEntry? {
        Self.name(in: target, below: pathPrefix).flatMap { entries[$0] }
    }

    /// The name in `/hooks/{endpoint}`; a query and a slash at the end are left aside, and the absolute form, which proxies
    /// use, is understood.
    static func name(in target: String, below pathPrefix: String = "") -> String? {
        var path = target.utf8[...]
        if path.first != UInt8(ascii: "/") {
            guard let authority = afterScheme(path) else { return nil }
            path = authority.drop { $0 != UInt8(ascii: "/") }
        }
        if !path.starts(with: "/hooks/".utf8), path.starts(with: pathPrefix.utf8) {
            path = path.dropFirst(pathPrefix.utf8.count)
        }
        guard path.starts(with: "/hooks/".utf8) else { return nil }
        var name = path.dropFirst("/hooks/".utf8.count).prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        if name.last == UInt8(ascii: "/") {
            name.removeLast()
        }
        guard !name.isEmpty, !name.contains(UInt8(ascii: "/")) else { return nil }
        return String(Substring(name))
    }

    private static func afterScheme(_ target: Substring.UTF8View) -> Substring.UTF8View? {
        ["http://", "https://"].lazy.filter { target.starts(with: $0.utf8) }.first
            .map { target.dropFirst($0.utf8.count) }
    }
}

extension EndpointTable {
    /// Says for how long each endpoint that expects something has accepted nothing.
    func tellSilences(at now: NIODeadline) {
        for entry in entries.values {
            entry.silence?.tell(at: now)
        }
    }
}

/// An endpoint with its counters.
final class EndpointEntry: Sendable {
    let endpoint: ReceiverEndpoint
    let responses: ResponseCounters
    /// Its silence; `nil` where nothing is expected of it.
    let silence: EndpointSilence?
    /// The use of its secrets.
    let secrets: SecretCounts

    init(_ endpoint: ReceiverEndpoint, metrics: ReceiverMetrics, notes: IntakeNotes) {
        self.endpoint = endpoint
        self.responses = metrics.responseCounters(endpoint: endpoint.name.rawValue)
        self.secrets = notes.counts(of: endpoint.name)
        self.silence = endpoint.expectedEvery.map { metrics.silence(endpoint: endpoint.name.rawValue, expected: $0) }
    }
}
