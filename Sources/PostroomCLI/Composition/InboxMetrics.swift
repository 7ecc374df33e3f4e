import FoundationEssentials
import PostroomAdmin
import PostroomCore
import PostroomInbox

/// The figures that are read from the database when somebody asks for the metrics.
struct InboxMetrics: Sendable {
    let inbox: Inbox

    /// Reads them; none where the database can't be asked, which `postroom_database_reachable` then says.
    func collect() async -> [MetricSample] {
        let samples = losses + (await figures())
        guard let number = inbox.number else { return samples }
        return samples.map { sample in
            let labels = sample.labels + [("server", "\(number)")]
            return MetricSample(sample.name, labels: labels, value: sample.value, kind: sample.kind)
        }
    }

    private var losses: [MetricSample] {
        let counts = inbox.losses.counts
        return [("delivery", counts.deliveries), ("job", counts.jobs), ("collision", counts.collisions)]
            .map { MetricSample("postroom_lost_total", labels: [("what", $0.0)], value: Double($0.1), kind: .counter) }
    }

    private func figures() async -> [MetricSample] {
        do {
            let status = try await inbox.status(fresh: false)
            var samples = [
                MetricSample("postroom_database_reachable", value: 1),
                MetricSample("postroom_backlog_batches", value: Double(status.waitingBatches)),
                MetricSample("postroom_oldest_waiting_seconds", value: status.oldestWaiting.map(seconds) ?? 0),
                MetricSample("postroom_retries_due", value: Double(status.retriesDue)),
                MetricSample("postroom_suspects_waiting", value: Double(status.suspectsWaiting)),
                MetricSample("postroom_workers", value: Double(status.workers)),
            ]
            let outlook = try await inbox.partitionOutlook()
            samples.append(MetricSample("postroom_partition_days_ahead", value: Double(outlook.daysAhead)))
            samples.append(MetricSample("postroom_partition_maintenance_allowed", value: outlook.isAllowed ? 1 : 0))
            for handler in try await inbox.backlog(fresh: false) {
                let labels = [("handler", handler.name.rawValue)]
                samples.append(
                    MetricSample("postroom_retries_waiting", labels: labels, value: Double(handler.retriesWaiting))
                )
                let age = handler.oldestReceivedAt.map { Double(Timestamp(Date()).rawValue - $0.rawValue) / 1_000_000 }
                samples.append(
                    MetricSample("postroom_oldest_owed_seconds", labels: labels, value: max(0, age ?? 0))
                )
                samples.append(
                    MetricSample("postroom_handler_orphaned", labels: labels, value: handler.isOrphaned ? 1 : 0)
                )
                let isBusy = handler.limits.busyUntil != nil
                samples.append(MetricSample("postroom_handler_busy", labels: labels, value: isBusy ? 1 : 0))
            }
            for total in try await inbox.deadLetterTotals() {
                let labels = [("handler", total.handler.rawValue), ("reason", total.reason)]
                samples.append(MetricSample("postroom_dead_letters", labels: labels, value: Double(total.letters)))
            }
            return samples
        } catch {
            return [MetricSample("postroom_database_reachable", value: 0)]
        }
    }

    private func seconds(_ duration: Duration) -> Double {
        duration / .seconds(1)
    }
}
