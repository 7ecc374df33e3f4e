/// A step of a job that is on record.
package struct StepRecord: Hashable, Sendable {
    /// The content of a step.
    package enum Content: Hashable, Sendable {
        /// The result of a step, as JSON.
        case value([UInt8])
        /// A sleep, with the time until its end when it was read; negative once that is over.
        case sleep(left: Duration)
    }

    /// The step's name.
    package let name: String
    /// The result or the sleep.
    package let content: Content

    /// Describes a step.
    package init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}

/// A step that is to be recorded.
package struct NewStep: Hashable, Sendable {
    /// The content of a step.
    package enum Content: Hashable, Sendable {
        /// The result of a step, as JSON.
        case value([UInt8])
        /// A sleep of that length from now on, by the database's clock.
        case sleepFor(Duration)
        /// A sleep until a moment of the database's clock.
        case sleepUntil(Timestamp)
    }

    /// The most bytes of a name.
    package static let longestName = 200
    /// The most bytes of a result: 256 KiB.
    package static let longestValue = 262_144

    /// The step's name, 1 to 200 bytes without U+0000.
    package let name: String
    /// The result or the sleep.
    package let content: Content

    /// Describes a step.
    package init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}

/// The store of the steps that jobs have behind them.
///
/// A job's steps are there until it is handled or discarded; those of a dead letter stay for its replay.
package protocol StepStore: Sendable {
    /// Reads the steps of a job, in any order.
    func readSteps(of job: RetryKey) async throws(QueueError) -> [StepRecord]

    /// Records a step, where the worker still holds the job and the attempt is the one that the job owes.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - job: The job.
    ///   - attempt: The number of the attempt that made it.
    ///   - worker: The worker that runs it.
    /// - Returns: The step as it is on record: where the job has one of that name already, that one. `nil` where the
    ///   worker's claim is lost, and nothing was recorded.
    /// - Throws: ``QueueError``. It may have been recorded even so; recording it again changes nothing.
    func writeStep(_ step: NewStep, of job: RetryKey, attempt: Int, for worker: WorkerID) async throws(QueueError)
        -> StepRecord?
}
