import CoreMetrics
import PostroomCore

/// Watches the time: of attempts, of batches whose jobs are slow, and of retries that become due.
///
/// It rests while nothing is held.
struct TimeoutLoop {
    /// The multiple of the usual age at which a batch ends that waits for nothing but the processor.
    private static let starvedFactor = 20

    private let parts: WorkerParts

    init(_ parts: WorkerParts) {
        self.parts = parts
    }

    func run() async {
        while !Task.isCancelled {
            await parts.pause(parts.configuration.tick)
            if isIdle(look()) {
                await parts.watchSignal.wait()
            }
        }
    }

    /// Looks once.
    ///
    /// - Returns: The number of attempts that run or were given up.
    private func look() -> Int {
        for queue in parts.handlerQueues {
            queue.sweep(grace: parts.configuration.cancellationGrace)
        }
        if let session = parts.reservations.session {
            detachUnfinished(session)
            wakeWhatIsDue(session)
        }
        return gauge()
    }

    private func isIdle(_ running: Int) -> Bool {
        running == 0 && parts.reservations.session?.with { $0.isIdle } ?? true
    }

    /// Moves unfinished jobs out of batches that are old enough.
    ///
    /// Age alone proves nothing: where many processes share few processors, the jobs of quick handlers wait for their turn,
    /// and a row of its own for each would only cost more of what is short. A batch is ended for its age where a handler is
    /// slow, or where the attempts that a crash would repeat took as long; a batch of which neither is true has
    /// ``starvedFactor`` times as long.
    private func detachUnfinished(_ session: Session) {
        let age = parts.configuration.detachAfter
        let now = parts.clock.now()
        let old = session.with { $0.runs(takenBefore: now - age) }
        guard !old.isEmpty else { return }
        let isAnySlow = parts.handlerQueues.contains { $0.isSlow(beganBefore: now - age) }
        let jobs = old.filter { isAnySlow || $0.work >= age || now - $0.takenAt >= age * Self.starvedFactor }
            .reduce(into: 0) { $0 += $1.detachUnfinished() ?? 0 }
        guard jobs > 0 else { return }
        parts.metrics.detachedJobs.increment(by: jobs)
        for queue in parts.handlerQueues {
            queue.purge()
        }
    }

    /// Wakes the loops for retries and releases that have become due.
    private func wakeWhatIsDue(_ session: Session) {
        let now = parts.clock.now()
        let delay = parts.configuration.unknownClaimsDelay
        let (isRetryDue, isReleaseDue) = session.with { state in
            (state.isRetryDue(at: now), state.unknownSince.map { now - $0 >= delay } ?? false)
        }
        if isRetryDue {
            parts.retrySignal.raise()
        }
        if isReleaseDue {
            session.settlements.workSignal.raise()
        }
    }

    private func gauge() -> Int {
        var total = 0
        var zombies = 0
        for (queue, metrics) in zip(parts.handlerQueues, parts.handlerMetrics) {
            let counts = queue.counts
            metrics.runs(counts.running)
            metrics.isSlowed(counts.isSlowed)
            if let gate = queue.gate {
                metrics.uses(gate.counts.used, of: gate.counts.slots)
            }
            total += counts.running + counts.zombies
            zombies += counts.zombies
        }
        parts.metrics.zombies.set(zombies)
        parts.metrics.inFlight.set(parts.reservations.session?.with { $0.budget.held.count } ?? 0)
        return total
    }
}
