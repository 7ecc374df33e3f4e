import PostgresClient
package import PostroomCore

extension Inbox: StepStore {
    /// Reads the steps of a job.
    package func readSteps(of job: RetryKey) async throws(QueueError) -> [StepRecord] {
        let read = StepRead(delivery: job.delivery, handler: job.handler)
        try await openAttempts()
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await attempts.execute(read) }
        return rows.map { StepRecord(name: $0.name, value: $0.value, left: $0.dueIn) }
    }

    /// Records a step under the worker's claim.
    package func writeStep(
        _ step: NewStep,
        of job: RetryKey,
        attempt: Int,
        for worker: WorkerID
    ) async throws(QueueError) -> StepRecord? {
        let write = StepWrite(
            worker: worker,
            delivery: job.delivery,
            handler: job.handler,
            attempt: Int32(clamping: attempt),
            name: step.name,
            value: step.content.value,
            dueIn: step.content.delay,
            dueAt: step.content.moment
        )
        try await openAttempts()
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await attempts.execute(write) }
        return rows.first.map { StepRecord(name: step.name, value: $0.value, left: $0.dueIn) }
    }

    /// Has the connections of attempts opened at the first use, and waits for them.
    private func openAttempts() async throws(QueueError) {
        wantsAttempts.update { $0 = true }
        guard !attempts.isConnected else { return }
        _ = try? await withTimeLimit(.seconds(5)) { try await self.attempts.waitUntilConnected() }
        guard !attempts.isConnected else { return }
        throw QueueError(kind: .unavailable, description: failure(of: [attempts]) ?? "attempts: not connected yet")
    }
}

extension NewStep.Content {
    /// The result, where it is one.
    fileprivate var value: [UInt8]? {
        if case .value(let bytes) = self { bytes } else { nil }
    }

    /// The length of a sleep, where it has one.
    fileprivate var delay: Duration? {
        if case .sleepFor(let delay) = self { delay } else { nil }
    }

    /// The end of a sleep, where it has one.
    fileprivate var moment: Timestamp? {
        if case .sleepUntil(let moment) = self { moment } else { nil }
    }
}

extension StepRecord {
    /// A step of the database: a result, or a sleep with the time that it has left.
    fileprivate init(name: String, value: [UInt8]?, left: Duration?) {
        self.init(name: name, content: value.map { .value($0) } ?? .sleep(left: left ?? .zero))
    }
}
