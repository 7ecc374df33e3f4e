import PostgresClient
import PostroomCore
import Synchronization

/// A carrier of replays in bounded steps, each of which keeps the place that it came to.
///
/// A rare filter is walked at the speed of reading, and matches are moved at the replay's rate.
final class ReplayRunner: Sendable {
    /// The result of one round.
    struct Round {
        /// True if any replay is running.
        var isRunning = false
        /// True if any has more to look at now.
        var goesOn = false
        /// True if anything came to be owed.
        var moved = false
    }

    /// The longest run of one replay's steps, before the others have theirs and the connection is free for other callers.
    private static let turn: Duration = .milliseconds(100)

    private let inbox: Inbox
    private let eventType: (@Sendable (Delivery) -> String?)?
    private let size = Mutex(StepSize())
    /// The types that were read for a replay and may still be ahead of it, so that none is read once for each round.
    private let read = Mutex<[Int64: [DeliveryID: String]]>([:])

    /// Describes a carrier.
    ///
    /// - Parameters:
    ///   - inbox: The inbox.
    ///   - eventType: Reads the type of a delivery that was stored without one; without it the stored type alone counts.
    init(inbox: Inbox, eventType: (@Sendable (Delivery) -> String?)?) {
        self.inbox = inbox
        self.eventType = eventType
    }

    /// Advances every running replay by what its rate allows now.
    ///
    /// - Throws: ``PostroomCore/QueueError``. The steps before it count.
    func advance() async throws(QueueError) -> Round {
        let running = try await inbox.administer(ReplayRunning())
        var round = Round(isRunning: !running.isEmpty)
        let ids = Set(running.map(\.id))
        read.withLock { $0 = $0.filter { ids.contains($0.key) } }
        for replay in running where replay.allowance > 0 {
            let part = try await advance(replay.id, by: Int(replay.allowance))
            round.moved = round.moved || part.moved > 0
            round.goesOn = round.goesOn || part.goesOn
        }
        return round
    }

    private func advance(_ replay: Int64, by allowance: Int) async throws(QueueError) -> (moved: Int, goesOn: Bool) {
        let deadline = ContinuousClock.now + Self.turn
        var size = self.size.withLock(\.self)
        var moved = 0
        var types = read.withLock { $0[replay] ?? [:] }
        while true {
            let typed = types.map { ReplayAdvance.Typed(delivery: $0.key, eventType: $0.value) }
            let rows = try await inbox.step(&size) { span in
                ReplayAdvance(
                    replay: replay,
                    most: Int32(clamping: allowance - moved),
                    span: span,
                    typed: eventType == nil ? nil : typed
                )
            }
            self.size.withLock { $0 = size }
            guard let step = rows.first else { return (moved, false) }
            moved += step.moved
            if !step.untyped.isEmpty {
                types = try await readTypes(of: step.untyped)
                read.withLock { $0[replay] = types }
            }
            guard step.goesOn, moved < allowance else { return (moved, false) }
            if ContinuousClock.now >= deadline {
                return (moved, true)
            }
        }
    }

    /// Reads types by today's rules; a delivery that has none gets an empty one.
    private func readTypes(of ids: [DeliveryID]) async throws(QueueError) -> [DeliveryID: String] {
        var types = Dictionary(uniqueKeysWithValues: ids.map { ($0, "") })
        guard let eventType else { return types }
        try await inbox.readPayloads(of: ids) { delivery in
            types[delivery.id] = eventType(delivery) ?? ""
        }
        return types
    }
}
