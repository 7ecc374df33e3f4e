import FoundationEssentials

/// The answer of a health address.
struct HealthReport: Encodable, Equatable {
    struct Entry: Encodable, Equatable {
        var name: String
        var state: String
        var reason: String?
    }

    var status: String
    var checks: [Entry]

    var isHealthy: Bool {
        status == Self.healthy
    }

    private static let healthy = "healthy"
    private static let impaired = "impaired"
    private static let failing = "failing"

    /// Makes all checks and sums up what they found, in their order.
    init(_ checks: [HealthCheck]) {
        self.init(checks.map { (name: $0.name, state: $0.state()) })
    }

    /// Sums up what checks found, in their order.
    init(_ results: [(name: String, state: HealthState)]) {
        checks = results.map { result in
            switch result.state {
            case .healthy: Entry(name: result.name, state: Self.healthy)
            case .impaired(let reason): Entry(name: result.name, state: Self.impaired, reason: reason)
            case .failing(let reason): Entry(name: result.name, state: Self.failing, reason: reason)
            }
        }
        status = checks.contains { $0.state == Self.failing } ? Self.failing : Self.healthy
    }

    /// The report as a JSON document.
    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}

/// The finding of a health check.
package enum HealthState: Hashable, Sendable {
    /// All is well.
    case healthy
    /// A part of the work can't be done, and why; the rest goes on, so that the process is ready all the same.
    case impaired(reason: String)
    /// Something is not, and what: one line for the person who looks, without secrets.
    case failing(reason: String)
}

/// A named question about the health of this process, answered at once from what the process knows already.
///
/// A load balancer asks every few seconds, most of all in an incident, and drops who is late. So a check can't wait: what
/// has to be looked up elsewhere is looked up in the background, and the check tells what was found and how old it is.
package struct HealthCheck: Sendable {
    /// The name in the answer, for example `database`.
    package let name: String
    let state: @Sendable () -> HealthState

    /// Makes a check.
    ///
    /// - Parameters:
    ///   - name: The name in the answer.
    ///   - state: Tells the state, in constant time.
    package init(name: String, state: @escaping @Sendable () -> HealthState) {
        self.name = name
        self.state = state
    }
}
