import PostroomCore

/// The time until all was well after a fault.
struct Recovery: Sendable {
    let kind: FaultKind
    /// The time that it took; `nil` where the wait ended before.
    let took: Duration?
    let bound: Duration

    /// Measures a recovery that other faults may have disturbed.
    ///
    /// A disturbance that came in time gives it as long again as what follows that disturbance may take. One that came when
    /// the recovery was overdue excuses nothing.
    static func measured(
        _ kind: FaultKind,
        ended: Timestamp,
        recovered: Timestamp?,
        among interruptions: [Interruption],
        bound: (FaultKind) -> Duration
    ) -> Recovery {
        var start = ended
        var allowed = bound(kind)
        guard let recovered else { return Recovery(kind: kind, took: nil, bound: allowed) }
        for interruption in interruptions.sorted(by: { $0.from < $1.from }) where interruption.from <= recovered {
            guard interruption.from <= start + allowed else { break }
            // All was well although this one still went on: it disturbed when it began.
            let disturbed = interruption.to <= recovered ? interruption.to : interruption.from
            let own = bound(interruption.kind)
            if disturbed + own > start + allowed {
                (start, allowed) = (disturbed, own)
            }
        }
        return Recovery(kind: kind, took: recovered.since(start), bound: allowed)
    }
}
