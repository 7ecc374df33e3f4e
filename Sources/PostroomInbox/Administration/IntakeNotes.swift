package import PostroomCore

/// A request that was refused, as people see it: no value of a header field, and nothing of the body.
package struct RefusedRequest: Hashable, Sendable {
    /// The endpoint.
    package let endpoint: EndpointName
    /// The receiver's time.
    package let at: Timestamp
    /// The process that refused it, in words.
    package let process: String
    /// The reason, as metrics have it.
    package let reason: String
    /// The address that the connection came from: a proxy's, where there is one.
    package let peer: String?
    /// The names of the header fields that were looked for, with commas.
    package let lookedFor: String
    /// The names of those that were there, and of others that look like signatures, with commas.
    package let found: String

    /// Describes a refused request.
    package init(
        endpoint: EndpointName,
        at: Timestamp,
        process: String = "",
        reason: String,
        peer: String?,
        lookedFor: String,
        found: String
    ) {
        self.endpoint = endpoint
        self.at = at
        self.process = process
        self.reason = reason
        self.peer = peer
        self.lookedFor = lookedFor
        self.found = found
    }
}

/// The use of a secret of an endpoint.
package struct SecretUse: Hashable, Sendable {
    /// The endpoint.
    package let endpoint: EndpointName
    /// The reference to the secret, `env:NAME` or `file:PATH`; empty where the verification does not say which one it was.
    package let secret: String
    /// The number of requests that were signed with it.
    package let times: Int
    /// The time of the last one, within a few seconds.
    package let usedAt: Timestamp
}

/// The times that a delivery came again and was answered like the first time.
package struct Repetitions: Hashable, Sendable {
    /// Their number.
    package let times: Int
    /// The time of the first, within a few seconds.
    package let firstAt: Timestamp
    /// The time of the last, within a few seconds.
    package let lastAt: Timestamp
}

/// The receivers' notes of single requests: each process tells every few seconds, any process reads.
extension Inbox {
    /// Keeps refused requests; of each endpoint about the last twenty stay.
    ///
    /// - Parameters:
    ///   - refusals: The requests since it told last.
    ///   - process: The process, in words.
    /// - Throws: ``PostroomCore/QueueError``.
    package func add(_ refusals: [RefusedRequest], of process: String) async throws(QueueError) {
        guard !refusals.isEmpty else { return }
        let rows = refusals.map { refusal in
            RefusalAdd.Refusal(
                endpoint: refusal.endpoint.rawValue,
                at: refusal.at,
                reason: refusal.reason,
                peer: refusal.peer,
                lookedFor: refusal.lookedFor,
                found: refusal.found
            )
        }
        _ = try await administer(RefusalAdd(process: process, refusals: rows))
    }

    /// Reads the last twenty refused requests of an endpoint, newest first.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func refusals(of endpoint: EndpointName) async throws(QueueError) -> [RefusedRequest] {
        try await administer(RefusalList(endpoint: endpoint))
            .map { row in
                RefusedRequest(
                    endpoint: endpoint,
                    at: row.at,
                    process: row.process,
                    reason: row.reason,
                    peer: row.peer,
                    lookedFor: row.lookedFor,
                    found: row.found
                )
            }
    }

    /// Adds how often secrets were used.
    ///
    /// - Parameter uses: The uses since the process told last.
    /// - Throws: ``PostroomCore/QueueError``.
    package func add(
        _ uses: [(endpoint: EndpointName, secret: String, times: Int)]
    ) async throws(QueueError) {
        guard !uses.isEmpty else { return }
        let rows = uses.map {
            SecretUseAdd.SecretUse(endpoint: $0.endpoint.rawValue, secret: $0.secret, times: Int64($0.times))
        }
        _ = try await administer(SecretUseAdd(uses: rows))
    }

    /// Reads the use of every secret that was ever used, by endpoint.
    ///
    /// - Throws: ``PostroomCore/QueueError``.
    package func secretUses() async throws(QueueError) -> [SecretUse] {
        try await administer(SecretUseList())
            .map { SecretUse(endpoint: $0.endpoint, secret: $0.secret, times: Int($0.times), usedAt: $0.usedAt) }
    }

    /// Adds how often deliveries came again.
    ///
    /// - Parameter repetitions: The number for each, since the process told last.
    /// - Throws: ``PostroomCore/QueueError``.
    package func add(repetitions: [DeliveryID: Int]) async throws(QueueError) {
        guard !repetitions.isEmpty else { return }
        let rows = repetitions.map { RepetitionAdd.Repetition(deliveryID: $0.key, times: Int64($0.value)) }
        _ = try await administer(RepetitionAdd(repetitions: rows))
    }

    /// Reads how often a delivery came again.
    ///
    /// - Returns: `nil` where it did not, or thirty days ago and more.
    /// - Throws: ``PostroomCore/QueueError``.
    package func repetitions(of delivery: DeliveryID) async throws(QueueError) -> Repetitions? {
        try await administer(RepetitionRead(delivery: delivery)).first
            .map { Repetitions(times: Int($0.times), firstAt: $0.firstAt, lastAt: $0.lastAt) }
    }
}
