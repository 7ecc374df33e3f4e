import CoreMetrics
import Logging
import PostroomQueue

/// Returns the claims of workers that are silent.
struct RescueLoop {
    private let parts: WorkerParts
    private let session: Session
    private var troubles: Troubles

    init(_ parts: WorkerParts, _ session: Session) {
        self.parts = parts
        self.session = session
        self.troubles = Troubles("rescue", parts.log)
    }

    mutating func run() async {
        while !Task.isCancelled {
            await parts.pause(parts.random.jittered(parts.configuration.rescueInterval))
            guard !Task.isCancelled, parts.outage.allowsRescue(at: parts.clock.now()) else { continue }
            do {
                read(try await parts.queue.rescue(silentFor: parts.configuration.lease))
                troubles.succeeded()
            } catch {
                troubles.failed(error)
            }
        }
    }

    private func read(_ report: RescueReport) {
        guard !report.workers.isEmpty || report.batches + report.retries > 0 else { return }
        parts.metrics.rescuedWorkers.increment(by: report.workers.count)
        parts.metrics.rescuedBatches.increment(by: report.batches)
        parts.log.notice(
            "rescued the claims of silent workers",
            metadata: [
                "workers": .array(report.workers.map { .stringConvertible($0) }),
                "batches": .stringConvertible(report.batches),
                "retries": .stringConvertible(report.retries),
            ]
        )
        session.nudge()
        parts.retrySignal.raise()
    }
}
