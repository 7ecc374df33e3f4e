import PostgresClient
package import PostroomCore

/// The number of times that something happened in one minute.
package struct Flow: Hashable, Sendable {
    /// The beginning of the minute.
    package let minute: Timestamp
    /// The kind: `request` (by endpoint and answer), `refusal` (by endpoint and reason), `attempt` (by handler and outcome),
    /// `death` (by handler and reason) or `duration` (of attempts, by handler and bit length of the microseconds).
    package let kind: String
    /// The endpoint or handler.
    package let name: String
    /// The answer, reason, outcome or bit length.
    package let detail: String
    /// The number of times.
    package let amount: Int
}

/// The events in a process since it told last.
package struct FlowAmount: Hashable, Sendable {
    /// The kind, as ``Flow/kind`` has it.
    package let kind: String
    /// The endpoint or handler.
    package let name: String
    /// The answer, reason, outcome or bit length.
    package let detail: String
    /// The number of times.
    package let amount: Int

    /// Describes an amount.
    package init(kind: String, name: String, detail: String, amount: Int) {
        self.kind = kind
        self.name = name
        self.detail = detail
        self.amount = amount
    }
}

/// The counts of one minute.
package struct TrendPoint: Hashable, Sendable {
    /// The beginning of the minute.
    package let minute: Timestamp
    /// The deliveries in batches.
    package let waiting: Int
    /// The jobs with a row of their own that are owed.
    package let owed: Int
    /// The dead letters.
    package let letters: Int
    /// The age of the oldest delivery that is owed to anybody.
    package let oldest: Duration
}

extension Inbox {
    /// The longest time that a reader of figures counts: one step, which is enough for a small inbox.
    static let glance: Duration = .milliseconds(20)

    /// Counts what people and metrics ask for, in bounded steps, unless another process does or the last count is new.
    ///
    /// - Parameters:
    ///   - eagerly: True to count anew also where the last count is new, if that one took less than 50 ms.
    ///   - limit: The longest time; what was counted until then stays, and the next caller goes on from there.
    /// - Throws: ``PostroomCore/QueueError``.
    package func countFigures(eagerly: Bool = true, for limit: Duration = Inbox.searchTime) async throws(QueueError) {
        let deadline = ContinuousClock.now + limit
        var size = StepSize()
        while ContinuousClock.now < deadline {
            let rows = try await step(&size) { span in CensusStep(span: span, eager: eagerly) }
            guard rows.first?.goesOn == true else { return }
        }
    }

    /// Reads what happened in each minute of the last hour, the one under way included.
    ///
    /// - Returns: The amounts in the order of time; processes tell every few seconds.
    /// - Throws: ``PostroomCore/QueueError``.
    package func flows() async throws(QueueError) -> [Flow] {
        try await administer(FlowRead())
            .map { row in
                Flow(minute: row.minute, kind: row.kind, name: row.name, detail: row.detail, amount: Int(row.amount))
            }
    }

    /// Adds what happened in this process to the figures of the minute.
    ///
    /// - Parameter amounts: The events since it told last.
    /// - Throws: ``PostroomCore/QueueError``; nothing was added then, or the reply was lost.
    package func add(_ amounts: [FlowAmount]) async throws(QueueError) {
        guard !amounts.isEmpty else { return }
        let flows = amounts.map {
            FlowAdd.Flow(kind: $0.kind, name: $0.name, detail: $0.detail, amount: Int64($0.amount))
        }
        _ = try await administer(FlowAdd(flows: flows))
    }

    /// Tells which handlers this process runs one attempt at a time, because they fail all the time.
    ///
    /// - Parameters:
    ///   - handlers: The handlers; what it told before and is not among them counts no more.
    ///   - process: The process, in words.
    /// - Throws: ``PostroomCore/QueueError``.
    package func report(slowed handlers: [HandlerName], by process: String) async throws(QueueError) {
        _ = try await administer(SlowedReport(process: process, handlers: handlers))
    }

    /// Reads what was counted in each minute of the last hour.
    ///
    /// - Returns: The newest count of each minute, in the order of time.
    /// - Throws: ``PostroomCore/QueueError``.
    package func trend() async throws(QueueError) -> [TrendPoint] {
        try await administer(TrendRead())
            .map { row in
                TrendPoint(
                    minute: row.minute,
                    waiting: row.waiting,
                    owed: row.owed,
                    letters: row.letters,
                    oldest: .seconds(row.oldestSeconds)
                )
            }
    }
}
