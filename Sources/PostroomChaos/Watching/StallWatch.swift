import PostroomCore

/// Notices when the machine stands still, so that nobody is blamed for what nobody could do meanwhile.
struct StallWatch: Sendable {
    let records: FaultRecords
    let lease: Duration

    private static let interval = Duration.milliseconds(200)

    /// Looks several times a second until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let (before, from) = (ContinuousClock.now, Timestamp.now)
            try? await Task.sleep(for: Self.interval)
            let late = ContinuousClock.now - before - Self.interval
            guard late > lease / 3, !Task.isCancelled else { continue }
            records.interrupted(.hiccup, from: from)
            records.change { $0.troubles.append("nothing: the machine stood still for \(late.seconds) s") }
        }
    }
}
