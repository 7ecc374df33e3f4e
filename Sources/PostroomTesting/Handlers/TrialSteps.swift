import PostroomCore
import Synchronization

/// The steps of one event's attempts in a trial.
final class TrialSteps: Sendable {
    /// A step on record: a result, or the end of a sleep.
    fileprivate enum Row {
        case value([UInt8])
        case end(TrialClock.Instant)
    }

    private let rows = Mutex<[String: Row]>([:])

    /// Takes over the steps of an earlier run, which ended dead and is replayed.
    func takeOver(_ other: TrialSteps) {
        let known = other.rows.withLock(\.self)
        rows.withLock { $0 = known }
    }

    /// Returns the store of a trial's attempts.
    func store(_ clock: TrialClock) -> any StepStore {
        Store(steps: self, clock: clock)
    }

    /// The steps by a trial's clock.
    private struct Store: StepStore {
        let steps: TrialSteps
        let clock: TrialClock

        func readSteps(of job: RetryKey) async throws(QueueError) -> [StepRecord] {
            steps.rows.withLock(\.self).map { record($0.key, $0.value) }
        }

        func writeStep(
            _ step: NewStep,
            of job: RetryKey,
            attempt: Int,
            for worker: WorkerID
        ) async throws(QueueError) -> StepRecord? {
            let row: Row
            switch step.content {
            case .value(let bytes): row = .value(bytes)
            case .sleepFor(let duration): row = .end(clock.now.advanced(by: duration))
            case .sleepUntil(let moment): row = .end(clock.instant(of: moment))
            }
            return steps.rows.withLock { rows in
                let kept = rows[step.name] ?? row
                rows[step.name] = kept
                return record(step.name, kept)
            }
        }

        private func record(_ name: String, _ row: Row) -> StepRecord {
            switch row {
            case .value(let bytes): StepRecord(name: name, content: .value(bytes))
            case .end(let end): StepRecord(name: name, content: .sleep(left: clock.now.duration(to: end)))
            }
        }
    }
}

/// The holder of a job in a trial.
final class TrialHold: AttemptHold {
    let worker = WorkerID(rawValue: 0)
    let isFirstRun = false
}
