package import CoreMetrics
package import Logging
import NIOCore
package import PostroomCore

/// The receiver's group commit without HTTP before it, for measuring what commits cost.
///
/// Whoever submits is told how many were stored once they are on disk. Nothing is verified, and no budget turns anybody
/// away: the submitters bound what is under way.
package final class DirectIntake: Sendable {
    /// Who submits, and what it is told.
    package protocol Submitter: AnyObject, Sendable {
        /// Says that deliveries left the intake.
        ///
        /// - Parameters:
        ///   - submitted: When each was submitted.
        ///   - failures: How many of them were not stored, as far as is known.
        func ended(_ submitted: [ContinuousClock.Instant], failures: Int)
    }

    /// A delivery that waits for its commit.
    struct Waiter: CommitWaiter {
        let submitter: any Submitter
        let since: ContinuousClock.Instant

        static func tell(_ waiters: [Waiter], _ responses: [Response]) {
            var open = waiters.indices[...]
            while let first = open.first {
                let submitter = waiters[first].submitter
                let end = open.first { waiters[$0].submitter !== submitter } ?? open.endIndex
                let failures = responses[first..<end]
                    .count { response in
                        guard case .stored = response else { return true }
                        return false
                    }
                submitter.ended(waiters[first..<end].map(\.since), failures: failures)
                open = open[end...]
            }
        }
    }

    private let committer: GroupCommitter<Waiter>
    private let committers: Int

    /// Puts the path together; ``run()`` starts it, once.
    ///
    /// - Parameters:
    ///   - configuration: How commits are made.
    ///   - store: Where deliveries are committed.
    ///   - handOff: A worker in this process that takes committed deliveries over, or `nil`.
    ///   - metrics: Where metrics are made.
    ///   - logger: Where failing commits are told.
    package init(
        configuration: ReceiverConfiguration,
        store: any IntakeStore,
        handOff: (any HandOff)?,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.committers = max(1, configuration.commits.inFlight)
        self.committer = GroupCommitter(
            configuration: configuration,
            store: store,
            handOff: handOff,
            budget: IntakeBudget(requests: .max, bytes: .max),
            metrics: ReceiverMetrics(factory: metrics),
            health: CommitHealth(logger: logger)
        )
    }

    /// Commits what is submitted, until ``finish()``.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<committers {
                group.addTask { await self.committer.runCommitter() }
            }
        }
    }

    /// Takes deliveries in; their submitter is told later, in parts.
    package func submit(_ deliveries: [IncomingDelivery], by submitter: any Submitter) {
        let now = ContinuousClock.now
        let since = NIODeadline.now()
        committer.submit(
            deliveries.map { delivery in
                WaitingRequest(
                    delivery: delivery,
                    charged: 0,
                    since: since,
                    waiter: Waiter(submitter: submitter, since: now)
                )
            }
        )
    }

    /// Lets ``run()`` return once nothing waits.
    package func finish() {
        committer.finish()
    }
}
