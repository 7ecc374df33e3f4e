package import NIOCore
package import PostroomCore

/// A submitter of deliveries, which is told their outcome.
package protocol CommitClient: AnyObject, Sendable {
    /// Takes the outcomes of deliveries that it submitted; each is told once, on any thread.
    func committed(_ results: [CommitResult])
}

/// The outcome of one delivery.
package struct CommitResult: Sendable {
    /// The outcomes that a delivery can have.
    package enum Outcome: Hashable, Sendable {
        /// It is on disk, now or since before.
        case stored(IntakeReceipt)
        /// It is not on disk, as far as is known.
        case notStored
        /// It was not taken: the committer is ending.
        case turnedAway
    }

    /// The number that its client gave it.
    package let ticket: Int
    /// The ways in which a delivery leaves the committer.
    package let outcome: Outcome
}

/// A verified delivery to be committed.
package struct CommitRequest: Sendable {
    /// The delivery.
    package let delivery: IncomingDelivery
    /// The bytes that the budget gave for it, which are released with its commit.
    package let charged: Int
    /// When it was verified.
    package let since: NIODeadline
    /// The number by which its client knows it.
    package let ticket: Int

    /// Puts a request together.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - charged: The bytes that the budget gave for it.
    ///   - since: When it was verified.
    ///   - ticket: A number that comes back with its outcome.
    package init(delivery: IncomingDelivery, charged: Int, since: NIODeadline, ticket: Int) {
        self.delivery = delivery
        self.charged = charged
        self.since = since
        self.ticket = ticket
    }
}

/// The waiting of a client for one outcome.
struct CommitWaiter: Sendable {
    let client: any CommitClient
    let ticket: Int

    /// Tells all waiters their outcomes, with one call for each client among them.
    ///
    /// - Parameters:
    ///   - waiters: Those who wait.
    ///   - outcome: The outcome of the waiter at an index.
    static func tell(_ waiters: [CommitWaiter], _ outcome: (Int) -> CommitResult.Outcome) {
        for client in clients(of: waiters) {
            var results: [CommitResult] = []
            results.reserveCapacity(waiters.count)
            for (index, waiter) in waiters.enumerated() where waiter.client === client {
                results.append(CommitResult(ticket: waiter.ticket, outcome: outcome(index)))
            }
            client.committed(results)
        }
    }

    private static func clients(of waiters: [CommitWaiter]) -> [any CommitClient] {
        var found: [any CommitClient] = []
        for waiter in waiters where !found.contains(where: { $0 === waiter.client }) {
            found.append(waiter.client)
        }
        return found
    }
}
