import PostroomCore
import PrivatePostgres

/// Makes the faults of a schedule, one after the other, and watches how long each takes to heal.
struct FaultRunner: Sendable {
    let settings: ChaosSettings
    let fleet: Fleet
    let database: Database
    let server: PrivatePostgres?
    let proxy: FaultProxy?
    let records: FaultRecords
    let watch: RecoveryWatch
    let tell: @Sendable (String) -> Void

    /// The kinds that can be made here; deaths come three times in a round.
    var kinds: [FaultKind] {
        (FaultKind.allCases + [.kill, .kill, .freeze])
            .filter { kind in
                if kind.stopsServer {
                    return server != nil
                }
                return kind != .cut || proxy != nil
            }
    }

    /// Makes faults until that moment; the last one ends, and heals, before it returns.
    func run(until deadline: ContinuousClock.Instant) async throws {
        var schedule = FaultSchedule(seed: settings.seed, kinds: kinds, lease: settings.lease)
        try await withThrowingDiscardingTaskGroup { group in
            while !Task.isCancelled, let fault = schedule.next() {
                guard .now + fault.pause < deadline else { break }
                try await Task.sleep(for: fault.pause)
                tell("fault: \(fault.kind.rawValue)")
                records.change { $0.counts[fault.kind, default: 0] += 1 }
                try await make(fault)
                let ended = Timestamp.now
                if fault.waitsForRecovery {
                    await heal(fault.kind, since: ended)
                } else {
                    group.addTask { await heal(fault.kind, since: ended) }
                }
            }
        }
    }

    private func make(_ fault: PlannedFault) async throws {
        switch fault.kind {
        case .kill, .terminate, .hiccup, .freeze, .deploy: try await strikeNode(fault)
        case .restart, .crash, .outage: try await stopServer(fault)
        case .backends, .cut, .lock, .snapshot, .partitions: try await strikeConnections(fault)
        case .pause, .replay, .discard: try await administer(fault)
        }
    }

    private func heal(_ kind: FaultKind, since ended: Timestamp) async {
        let limit = kind.recoveryBound(lease: settings.lease) * settings.patience * 4
        let recovered = await watch.recovery(since: ended, atMost: limit)
        guard !Task.isCancelled else { return }
        records.change { $0.recoveries.append((kind, ended, recovered)) }
    }

    /// Remembers what a fault could not do.
    func trouble(_ fault: FaultKind, _ error: any Error) {
        records.change { $0.troubles.append("\(fault.rawValue): \(error)") }
    }
}
