import PostgresClient
package import PostroomCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The inboxes that share the deliveries of one configuration, each on a server of its own.
///
/// Every delivery has its home on one of them. Nothing connects them: a commit, a claim and a settlement are on one server.
package final class Servers: Sendable {
    /// The inboxes, by their numbers.
    package let inboxes: [Inbox]
    /// The time for which keys are remembered.
    private let keyRetention: Duration
    /// The servers as the choice of a home sees them.
    private let candidates: [Rendezvous.Place]
    /// The servers that a question was given up on which still waits for its answer.
    private let silent = Mutex<Set<Int>>([])

    /// The time that a former home has for an answer: behind it wait deliveries of another.
    private static let patience = Duration.seconds(2)

    /// Puts inboxes together.
    ///
    /// - Parameters:
    ///   - inboxes: The inboxes, one at least.
    ///   - keyRetention: The time for which keys are remembered, during which a former home is asked for them.
    package init(_ inboxes: [Inbox], keyRetention: Duration) {
        self.inboxes = inboxes
        self.keyRetention = keyRetention
        self.candidates = inboxes.map { inbox in
            Rendezvous.Place(
                number: inbox.configuration.number ?? 0,
                isDraining: !inbox.configuration.draining.isEmpty,
                joinedAt: nil
            )
        }
    }

    /// The servers with the times at which they joined, as far as they are known.
    private var places: [Rendezvous.Place] {
        zip(candidates, inboxes)
            .map { place, inbox in
                Rendezvous.Place(
                    number: place.number,
                    isDraining: place.isDraining,
                    joinedAt: inbox.examination.joinedAt
                )
            }
    }

    /// Finds the server on which a delivery is stored.
    ///
    /// - Returns: Its index among ``inboxes``.
    package func home(of delivery: IncomingDelivery) -> Int {
        guard inboxes.count > 1 else { return 0 }
        return Rendezvous.home(of: Self.hash(delivery), among: candidates)
    }

    private static func hash(_ delivery: IncomingDelivery) -> UInt64 {
        Rendezvous.hash(endpoint: delivery.endpoint, key: delivery.identity.idempotencyKey)
    }
}

extension Servers: KeyHistory {
    /// Asks the servers that were a key's home before one was added, or began to drain.
    ///
    /// Where nothing has changed for as long as keys are remembered, nobody is asked.
    package func find(_ deliveries: [IncomingDelivery]) async -> [KeyFinding] {
        var findings = [KeyFinding](repeating: .new, count: deliveries.count)
        let places = places
        let horizon = Timestamp(Date()) + (.zero - keyRetention)
        guard Rendezvous.hasChanged(places, since: horizon) else { return findings }
        var questions: [Int: [Int]] = [:]
        for (index, delivery) in deliveries.enumerated() {
            for home in Rendezvous.formerHomes(of: Self.hash(delivery), among: places, since: horizon) {
                questions[home, default: []].append(index)
            }
        }
        for (home, indices) in questions.sorted(by: { $0.key < $1.key }) {
            let open = indices.filter { findings[$0] == .new }
            let found = await ask(home, open.map { deliveries[$0] })
            for (index, finding) in zip(open, found) {
                findings[index] = finding
            }
        }
        return findings
    }

    /// Asks one server, and gives up where it takes too long.
    private func ask(_ home: Int, _ deliveries: [IncomingDelivery]) async -> [KeyFinding] {
        let place = inboxes[home].place ?? "the server"
        let late = KeyFinding.unanswered(
            QueueError(kind: .unavailable, description: "\(place), which may know the key, does not answer in time")
        )
        let givenUp = Array(repeating: late, count: deliveries.count)
        guard !deliveries.isEmpty, !silent.withLock({ $0.contains(home) }) else { return givenUp }
        let answer = Observed<[KeyFinding]?>(nil)
        // unstructured: a statement can't be cancelled, and one that hangs must not hold up another server's commits
        Task.detached { [self, inbox = inboxes[home]] in
            answer.set(await inbox.find(deliveries))
            silent.withLock { _ = $0.remove(home) }
        }
        if let found = await withTimeLimit(Self.patience, { await answer.value() }) ?? nil {
            return found
        }
        silent.withLock { _ = $0.insert(home) }
        guard let found = answer.current else { return givenUp }
        silent.withLock { _ = $0.remove(home) }
        return found
    }
}

extension Inbox {
    /// Looks for the keys of deliveries, and stores nothing.
    func find(_ deliveries: [IncomingDelivery]) async -> [KeyFinding] {
        guard !deliveries.isEmpty else { return [] }
        let hashes = deliveries.map { KeyHash(of: $0) }
        do {
            try requireSchema()
            let rows = try await inQueueTerms { () async throws(PostgresError) in
                try await intake.execute(KeyFind(keyHashes: Array(Set(hashes))))
            }
            let known = Dictionary(rows.map { ($0.keyHash, $0.deliveryID) }) { first, _ in first }
            for (delivery, hash) in zip(deliveries, hashes) {
                if let first = known[hash] {
                    duplicates.note(delivery, of: first)
                }
            }
            return hashes.map { hash in known[hash].map { .known($0) } ?? .new }
        } catch {
            let place = configuration.place ?? "the server"
            let failure = QueueError(
                kind: error.kind,
                description: "\(place), which may know the key, can't be asked: \(error.description)"
            )
            return Array(repeating: .unanswered(failure), count: deliveries.count)
        }
    }
}
