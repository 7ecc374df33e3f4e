import CoreMetrics
import Logging
import PostroomCore

/// Returns the claims of workers that are silent to the inbox.
struct RescueLoop {
    private let parts: WorkerParts
    private let session: Session
    private var failures: InboxFailureLog

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.failures = InboxFailureLog("rescue", parts.log)
    }

    mutating func run() async {
        var watch = SilenceWatch(lease: parts.configuration.lease)
        while !Task.isCancelled {
            await parts.pause(parts.random.jittered(parts.configuration.rescueInterval))
            guard !Task.isCancelled else { return }
            do {
                let silent = try await look(&watch)
                read(try await parts.inbox.rescue(silent))
                failures.succeeded()
            } catch {
                failures.failed(error)
            }
        }
    }

    /// Finds the silent workers; a look that fails shows nothing of the others.
    private func look(_ watch: inout SilenceWatch) async throws(QueueError) -> [WorkerPulse] {
        let askedAt = parts.clock.now()
        do {
            let pulses = try await parts.inbox.pulses(overdueAfter: parts.configuration.lease)
            return watch.look(pulses, askedAt: askedAt, answeredAt: parts.clock.now())
        } catch {
            watch.interrupted()
            throw error
        }
    }

    private func read(_ report: RescueReport) {
        let count = report.batches + report.retries + report.deadSuspects.count
        guard !report.workers.isEmpty || count > 0 else { return }
        parts.metrics.rescuedWorkers.increment(by: report.workers.count)
        parts.metrics.rescuedBatches.increment(by: report.batches)
        parts.metrics.crashStrikes.increment(by: report.struck.count + report.deadSuspects.count)
        for key in report.struck {
            parts.log.warning("a worker died while this suspect ran", metadata: described(key))
        }
        for key in report.deadSuspects {
            parts.log.error("dead letter: workers died each time this suspect ran", metadata: described(key))
            if let index = session.router.index(of: key.handler) {
                parts.handlerMetrics[index].died(.crash)
            }
        }
        parts.log.notice(
            "rescued the claims of silent workers",
            metadata: [
                "workers": .array(report.workers.map { .stringConvertible($0) }),
                "batches": .stringConvertible(report.batches),
                "retries": .stringConvertible(report.retries),
            ]
        )
        session.claimSoon()
        parts.retrySignal.raise()
        parts.suspectSignal.raise()
        parts.limitSignal.raise()
    }

    private func described(_ key: RetryKey) -> Logger.Metadata {
        ["handler": .string(key.handler.rawValue), "delivery": .stringConvertible(key.delivery)]
    }
}
