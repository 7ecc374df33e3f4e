import PostroomCore

/// The silent workers of an inbox, as one worker sees them: decisions only.
///
/// The database's clock may step and its server may stall, so no single look at it proves anything. A worker is silent that
/// sent no new heartbeat between looks over a whole lease of this process' own time, in which every look was answered
/// soon; or over half of one, if the database's clock says a lease too: so that a worker which has just come up need not
/// wait as long again for those that died long ago. A living worker sends two heartbeats or more in half a lease. While
/// looks fail, or come late, all heartbeats may have been held up: then it begins anew, and half a lease is not enough.
struct SilenceWatch {
    private struct Seen {
        let heartbeat: Timestamp
        /// The time at which the first look that brought it was answered.
        let since: Duration
    }

    private let lease: Duration
    private var seen: [WorkerID: Seen] = [:]
    private var answeredAt: Duration?
    /// The time since which every look was answered soon.
    private var steadySince: Duration?
    private var wasInterrupted = false

    init(lease: Duration) {
        self.lease = lease
    }

    /// Takes note of a look.
    ///
    /// - Parameters:
    ///   - pulses: The heartbeats that it brought.
    ///   - askedAt: The time at which it was asked for.
    ///   - now: The time at which it was answered.
    /// - Returns: The workers that are silent.
    mutating func look(_ pulses: [WorkerPulse], askedAt: Duration, answeredAt now: Duration) -> [WorkerPulse] {
        let isLate = now - askedAt > lease / 5 || answeredAt.map { askedAt - $0 > lease / 2 } ?? false
        if isLate {
            interrupted()
        }
        answeredAt = now
        steadySince = steadySince ?? now
        var next: [WorkerID: Seen] = [:]
        var silent: [WorkerPulse] = []
        for pulse in pulses {
            let known = seen[pulse.worker].flatMap { $0.heartbeat == pulse.heartbeat ? $0 : nil }
            let entry = known ?? Seen(heartbeat: pulse.heartbeat, since: now)
            next[pulse.worker] = entry
            if isSilent(pulse, for: askedAt - entry.since, at: askedAt) {
                silent.append(pulse)
            }
        }
        seen = next
        return silent
    }

    private func isSilent(_ pulse: WorkerPulse, for time: Duration, at now: Duration) -> Bool {
        guard time < lease else { return true }
        let isSteady = !wasInterrupted || now - (steadySince ?? now) >= lease
        return pulse.isOverdue && isSteady && time >= lease / 2
    }

    /// Takes note that a look failed.
    mutating func interrupted() {
        seen = [:]
        answeredAt = nil
        steadySince = nil
        wasInterrupted = true
    }
}
