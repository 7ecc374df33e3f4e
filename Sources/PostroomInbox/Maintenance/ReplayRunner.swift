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

    /// The places to which counts came that are under way.
    private let counts = Mutex<[Int64: (place: Int64, matched: Int)]>([:])

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
        counts.withLock { $0 = $0.filter { ids.contains($0.key) } }
        for replay in running where replay.allowance > 0 {
            var isCounted = replay.isCounted
            if !isCounted {
                isCounted = try await count(replay.id)
            }
            guard isCounted else {
                round.goesOn = true
                continue
            }
            let part = try await advance(replay.id, by: Int(replay.allowance))
            round.moved = round.moved || part.moved > 0
            round.goesOn = round.goesOn || part.goesOn
        }
        _ = try await inbox.administer(ReplayClose())
        return round
    }

    /// Counts what a replay will take, before anything is moved; a process that dies meanwhile has counted for nothing.
    ///
    /// - Returns: True once the count is kept.
    private func count(_ replay: Int64) async throws(QueueError) -> Bool {
        let deadline = ContinuousClock.now + Self.turn
        var size = self.size.withLock(\.self)
        var (place, matched) = counts.withLock { $0[replay] } ?? (.max, 0)
        while true {
            let before = place
            let rows = try await inbox.step(&size) { span in ReplayCount(replay: replay, before: before, span: span) }
            matched += rows.first?.matched ?? 0
            guard let reached = rows.first?.reached else { break }
            place = reached
            guard ContinuousClock.now < deadline else {
                counts.withLock { $0[replay] = (place, matched) }
                return false
            }
        }
        _ = try await inbox.administer(ReplayCounted(replay: replay, expected: matched))
        return true
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
