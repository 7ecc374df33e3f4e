import CoreMetrics

/// The worker's own metrics, made once.
final class WorkerMetrics: Sendable {
    let inFlight: Meter
    let zombies: Meter
    let claimed: Counter
    let lateSettlements: Counter
    let rescuedWorkers: Counter
    let rescuedBatches: Counter
    let detachedJobs: Counter
    let crashStrikes: Counter
    let settleSeconds: Timer
    let oddities: OddityMetrics

    init(_ factory: any MetricsFactory) {
        self.inFlight = Meter(label: "postroom_worker_in_flight", factory: factory)
        self.zombies = Meter(label: "postroom_zombie_handlers", factory: factory)
        self.claimed = Counter(label: "postroom_claimed_deliveries_total", factory: factory)
        self.lateSettlements = Counter(label: "postroom_late_settlements_total", factory: factory)
        self.rescuedWorkers = Counter(label: "postroom_rescued_workers_total", factory: factory)
        self.rescuedBatches = Counter(label: "postroom_rescued_batches_total", factory: factory)
        self.detachedJobs = Counter(label: "postroom_detached_jobs_total", factory: factory)
        self.crashStrikes = Counter(label: "postroom_crash_strikes_total", factory: factory)
        self.settleSeconds = Timer(label: "postroom_settle_seconds", factory: factory)
        self.oddities = OddityMetrics(factory)
    }
}
