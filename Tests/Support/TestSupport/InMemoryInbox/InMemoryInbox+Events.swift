package import PostroomCore

/// The steps of jobs, the notices of their letters, and what waits for its time.
extension InMemoryInbox {
    /// Reads a job's steps; see ``PostroomCore/StepStore/readSteps(of:)``.
    package func readSteps(of job: RetryKey) async throws(QueueError) -> [StepRecord] {
        commit { state, now in state.readSteps(of: job, at: now) }
    }

    /// Records a step; see ``PostroomCore/StepStore/writeStep(_:of:attempt:for:)``.
    package func writeStep(
        _ step: NewStep,
        of job: RetryKey,
        attempt: Int,
        for worker: WorkerID
    ) async throws(QueueError) -> StepRecord? {
        commit { state, now in state.writeStep(step, of: job, attempt: attempt, for: worker, at: now) }
    }

    /// Takes a notice; see ``PostroomCore/DeadLetterNotices/claimNotice(of:for:)``.
    package func claimNotice(
        of handlers: [HandlerName],
        for worker: WorkerID
    ) async throws(QueueError) -> DeadLetterNotice? {
        commit { state, now in state.claimNotice(of: handlers, for: worker, at: now) }
    }

    /// Ends a notice; see ``PostroomCore/DeadLetterNotices/endNotice(_:isTold:for:)``.
    package func endNotice(_ notice: DeadLetterNotice, isTold: Bool, for worker: WorkerID) async throws(QueueError) {
        commit { state, now in state.endNotice(notice, isTold: isTold, for: worker, at: now) }
    }

    /// The events that wait for their time.
    package func scheduledEvents() async -> [ScheduledView] {
        commit { state, _ in
            state.scheduled.values.map { ScheduledView(endpoint: $0.endpoint, key: $0.key) }
        }
    }

    /// The number of steps on record.
    package func stepCount() async -> Int {
        commit { state, _ in state.steps.values.reduce(0) { $0 + $1.count } }
    }

    /// Takes an event back that waits for its time.
    package func cancel(_ endpoint: EndpointName, _ key: String) async -> Bool {
        commit { state, _ in state.cancel(endpoint, key) }
    }
}
