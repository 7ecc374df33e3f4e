import Logging
import PostgresClient
import PostroomCore
import Synchronization

/// The time at which this process looks next for events that are due.
final class Schedule: Sendable {
    /// The payload of a notification that something was enqueued for later.
    static let payload = "scheduled"

    /// Raised to look at once.
    let signal = Signal()
    private let nextLook = Mutex(ContinuousClock.now)

    /// Takes note of the next look.
    func willLook(at moment: ContinuousClock.Instant) {
        nextLook.withLock { $0 = moment }
    }

    /// Tells whether an event is due before the next look, of which other processes know as well.
    func isNext(dueIn delay: Duration) -> Bool {
        nextLook.withLock { .now + delay < $0 }
    }
}

/// Stores what was enqueued for later as deliveries, within moments of the time at which it is due.
///
/// Every process has one, and each knows when the next event is due: it is told of earlier ones, and looks by itself now
/// and then. Rows that another process is storing are skipped.
struct ScheduleRunner {
    /// The most events that one commit stores: one batch.
    private static let most: Int32 = 256
    /// The longest time between two looks.
    private static let longestPause = Duration.seconds(5)
    /// The time between two looks where nobody can tell of earlier events.
    private static let pollingPause = Duration.milliseconds(400)
    /// The time between two looks while others store what is due.
    private static let shortestPause = Duration.milliseconds(50)

    private let inbox: Inbox
    private let logger: Logger

    init(inbox: Inbox, logger: Logger) {
        self.inbox = inbox
        self.logger = logger
    }

    /// Works until it is cancelled.
    func run() async {
        var backoff = Backoff(from: .milliseconds(100), upTo: .seconds(3))
        while !Task.isCancelled {
            let pause: Duration
            do throws(QueueError) {
                pause = try await look()
                backoff.reset()
            } catch {
                pause = backoff.next()
                logger.warning(
                    "what is due could not be stored",
                    metadata: ["error": .string(error.description), "next_try": "\(pause)"]
                )
            }
            guard pause > .zero else { continue }
            inbox.schedule.willLook(at: .now + pause)
            _ = await withTimeLimit(pause) { await inbox.schedule.signal.wait() }
        }
    }

    /// Stores what is due.
    ///
    /// - Returns: The time until there is more to do.
    func look() async throws(QueueError) -> Duration {
        let rows = try await inQueueTerms { () async throws(PostgresError) in
            try await inbox.dispatch.execute(ScheduledStore(most: Self.most))
        }
        guard let row = rows.first else { return Self.longestPause }
        if row.stored > 0 {
            inbox.signals.work.send()
            inbox.wakeOthers()
        }
        guard row.looked < Int(Self.most) else { return .zero }
        let longest = inbox.configuration.pooling == .session ? Self.longestPause : Self.pollingPause
        return min(longest, max(Self.shortestPause, row.nextDueIn ?? longest))
    }
}
