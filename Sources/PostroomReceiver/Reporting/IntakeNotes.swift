package import FoundationEssentials
package import PostroomCore
import Synchronization

/// Facts of single requests that people ask for: they are taken away every few seconds, to be kept where any process finds
/// them.
///
/// The memory that it holds is bounded: twenty refusals of each endpoint, a count for each secret, and a thousand deliveries
/// that came again. Others are missing here, and from no count.
package final class IntakeNotes: Sendable {
    /// A request that was refused: no value of a header field, and nothing of the body.
    package struct RefusedRequest: Hashable, Sendable {
        /// The endpoint.
        package let endpoint: EndpointName
        /// The receiver's time.
        package let at: Date
        /// The reason, as metrics have it.
        package let reason: String
        /// The address that the connection came from: a proxy's, where there is one.
        package let peer: String?
        /// The names of the header fields that were looked for.
        package let lookedFor: [String]
        /// The names of those that were there, and of others that look like signatures.
        package let found: [String]
    }

    /// The use of a secret.
    package struct SecretUse: Hashable, Sendable {
        /// The endpoint.
        package let endpoint: EndpointName
        /// The secret's name; empty where the verification does not say which one it was.
        package let secret: String
        /// The number of requests that it signed.
        package let times: Int
    }

    /// Everything since it was taken last.
    package struct Taken: Sendable {
        /// The newest refused requests, by endpoint and time.
        package var refusals: [RefusedRequest] = []
        /// The secrets that were used.
        package var secretUses: [SecretUse] = []
        /// The deliveries that came again, and how often.
        package var repetitions: [DeliveryID: Int] = [:]

        /// True if there is nothing.
        package var isEmpty: Bool {
            refusals.isEmpty && secretUses.isEmpty && repetitions.isEmpty
        }
    }

    fileprivate struct State {
        var refusals: [EndpointName: [RefusedRequest]] = [:]
        var repetitions: [DeliveryID: Int] = [:]
    }

    private let state = Mutex(State())
    private let counts: [EndpointName: SecretCounts]

    /// The most refused requests of an endpoint.
    package static let refusalsKept = 20
    private static let repetitionsKept = 1000

    init(_ endpoints: [ReceiverEndpoint]) {
        counts = Dictionary(endpoints.map { ($0.name, SecretCounts($0.secretNames)) }) { first, _ in first }
    }

    /// The counts of an endpoint's secrets.
    func counts(of endpoint: EndpointName) -> SecretCounts {
        counts[endpoint] ?? SecretCounts([])
    }

    /// Notes a refused request.
    func refused(_ request: RefusedRequest) {
        state.withLock { $0.note(request) }
    }

    /// Notes that a delivery came again.
    func cameAgain(_ delivery: DeliveryID, times: Int = 1) {
        state.withLock { $0.note(delivery, times) }
    }

    /// Takes away what is known.
    package func take() -> Taken {
        let state = state.withLock { state in
            defer { state = State() }
            return state
        }
        return Taken(
            refusals: state.refusals.values.flatMap(\.self),
            secretUses: counts.flatMap { endpoint, counts in
                counts.take().map { SecretUse(endpoint: endpoint, secret: $0.name, times: $0.times) }
            },
            repetitions: state.repetitions
        )
    }

    /// Notes again what could not be told; what came meanwhile is newer.
    package func putBack(_ taken: Taken) {
        state.withLock { state in
            for refusal in taken.refusals.sorted(by: { $0.at > $1.at }) {
                state.noteOlder(refusal)
            }
            for (delivery, times) in taken.repetitions {
                state.note(delivery, times)
            }
        }
        for use in taken.secretUses {
            counts[use.endpoint]?.add(use.times, to: use.secret)
        }
    }
}

extension IntakeNotes.State {
    mutating func note(_ request: IntakeNotes.RefusedRequest) {
        var known = refusals[request.endpoint] ?? []
        if known.count >= IntakeNotes.refusalsKept {
            known.removeFirst()
        }
        known.append(request)
        refusals[request.endpoint] = known
    }

    mutating func noteOlder(_ request: IntakeNotes.RefusedRequest) {
        guard refusals[request.endpoint]?.count ?? 0 < IntakeNotes.refusalsKept else { return }
        refusals[request.endpoint, default: []].insert(request, at: 0)
    }

    mutating func note(_ delivery: DeliveryID, _ times: Int) {
        guard repetitions[delivery] != nil || repetitions.count < IntakeNotes.repetitionsKept else { return }
        repetitions[delivery, default: 0] += times
    }
}

/// The number of requests that each secret of an endpoint signed, since it was taken last.
final class SecretCounts: Sendable {
    private final class Count: Sendable {
        let name: String
        let times = Atomic<Int>(0)

        init(_ name: String) {
            self.name = name
        }
    }

    private let counts: [Count]
    private let unnamed = Count("")

    init(_ names: [String]) {
        counts = names.map(Count.init)
    }

    /// Counts a request.
    ///
    /// - Parameter place: The place of its secret in the list; `nil` where nobody knows.
    func count(_ place: Int?) {
        let count = place.flatMap { counts.indices.contains($0) ? counts[$0] : nil } ?? unnamed
        count.times.wrappingAdd(1, ordering: .relaxed)
    }

    func add(_ times: Int, to name: String) {
        let count = counts.first { $0.name == name } ?? unnamed
        count.times.wrappingAdd(times, ordering: .relaxed)
    }

    func take() -> [(name: String, times: Int)] {
        (counts + [unnamed])
            .compactMap { count in
                let times = count.times.exchange(0, ordering: .relaxed)
                return times > 0 ? (count.name, times) : nil
            }
    }
}
