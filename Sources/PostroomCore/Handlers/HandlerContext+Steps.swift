#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension HandlerContext {
    /// Runs a step once: its result is kept, and a later attempt of this job gets it without running the step again.
    ///
    /// The result is recorded before this returns. A process that dies after the step and before the record runs it again,
    /// as does an attempt that could not record it: give what the step calls an idempotency key all the same. Results stay
    /// until the job is handled or discarded; a replay of a dead letter goes on from them.
    ///
    /// - Parameters:
    ///   - name: The step's name in this handler, 1 to 200 bytes; each counts once in an attempt.
    ///   - body: The work.
    /// - Returns: The result of the step, of this attempt or an earlier one.
    /// - Throws: The step's error, and ``StepProblem`` where the result can't be kept: its JSON has more than 256 KiB, one
    ///   that is on record does not decode, the inbox could not be reached, or the claim is lost.
    public func step<Value: Codable & Sendable>(_ name: String, _ body: () async throws -> Value) async throws -> Value
    {
        if let known = try await knownStep(name) {
            guard case .value(let bytes) = known.record.content,
                let value = try? JSONDecoder().decode(Value.self, from: Data(bytes))
            else {
                throw StepProblem(
                    "the result of step '\(EscapedText.of(name))' on record is no \(Value.self); give the step another name"
                )
            }
            return value
        }
        let value = try await body()
        let bytes: [UInt8]
        do {
            bytes = Array(try JSONEncoder().encode(value))
        } catch {
            throw StepProblem("the result of step '\(EscapedText.of(name))' can't be encoded: \(error)")
        }
        guard bytes.count <= NewStep.longestValue else {
            throw StepProblem(
                "the result of step '\(EscapedText.of(name))' has \(bytes.count) bytes, and at most \(NewStep.longestValue) "
                    + "are kept; keep a reference to it"
            )
        }
        _ = try await record(NewStep(name: name, content: .value(bytes)))
        return value
    }

    /// Runs a step without a result once; see ``step(_:_:)-(_,()->Value)``.
    public func step(_ name: String, _ body: () async throws -> Void) async throws {
        _ = try await step(name) {
            try await body()
            return true
        }
    }

    /// Gives the slot back, and lets the job go on after a time: no attempt is counted, and nothing waits in memory.
    ///
    /// The first time, this ends the attempt with an error, which the handler lets through. When the sleep is over, the
    /// handler runs from its beginning again, with the same attempt number, and this returns at once: do what comes before
    /// a sleep in steps.
    ///
    /// - Parameters:
    ///   - duration: The time, from the first attempt that comes here; at most ``RetryPolicy/longestDelay``.
    ///   - name: The name of the sleep, which is a step; by default its number in the attempt. Name sleeps whose order may
    ///     change.
    /// - Throws: An error that ends the attempt, and ``StepProblem`` where the sleep can't be recorded.
    public func sleep(for duration: Duration, named name: String? = nil) async throws {
        try await sleep(.sleepFor(RetryPolicy.bounded(duration)), name)
    }

    /// Gives the slot back, and lets the job go on at a moment; see ``sleep(for:named:)``.
    ///
    /// - Parameters:
    ///   - moment: The moment, by the database's clock; one in the past returns at once.
    ///   - name: The name of the sleep, which is a step.
    /// - Throws: See ``sleep(for:named:)``.
    public func sleep(until moment: Date, named name: String? = nil) async throws {
        let farthest = Date.now.addingTimeInterval(Double(RetryPolicy.longestDelay.components.seconds))
        try await sleep(.sleepUntil(Timestamp(min(moment, farthest))), name)
    }

    private func sleep(_ content: NewStep.Content, _ given: String?) async throws {
        let name = try given ?? ticket.with { $0.steps.nextSleepName() }
        var known = try await knownStep(name)
        if known == nil, services.steps != nil {
            let record = try await record(NewStep(name: name, content: content))
            known = StepProgress.Known(record: record, readAt: .now)
        }
        let left = known?.left(at: .now) ?? .zero
        guard left > .zero else { return }
        try ticket.with { $0.remains.sleep = RetryPolicy.bounded(left) }
        throw SleepingAttempt()
    }

    /// Takes a step's name, and returns the step where it is on record.
    private func knownStep(_ name: String) async throws -> StepProgress.Known? {
        let isRead = try ticket.with { asked in
            try asked.steps.use(name)
            asked.remains.hasSteps = true
            return asked.steps.isRead || ticket.hold.isFirstRun
        }
        if !isRead, let store = services.steps {
            let records = try await persistently("read") { () async throws(QueueError) in
                try await store.readSteps(of: jobKey)
            }
            try ticket.with { $0.steps.read(records, at: .now) }
        }
        return try ticket.with { $0.steps.record(name) }
    }

    /// Records a step, whatever becomes of the attempt meanwhile.
    private func record(_ step: NewStep) async throws -> StepRecord {
        guard let store = services.steps else { return StepRecord(name: step.name, content: .value([])) }
        // unstructured: shields a final write from cancellation
        let write = Task.detached {
            try await persistently("recorded") { () async throws(QueueError) in
                try await store.writeStep(step, of: jobKey, attempt: attempt, for: ticket.hold.worker)
            }
        }
        guard let record = try await write.value else {
            throw StepProblem("the step '\(EscapedText.of(step.name))' was not recorded: the claim of this job is lost")
        }
        return record
    }

    private var jobKey: RetryKey {
        RetryKey(delivery: deliveryID, handler: handler)
    }

    /// Calls the inbox, a few times where it can't be reached.
    private func persistently<Value: Sendable>(
        _ what: String,
        _ call: @Sendable () async throws(QueueError) -> Value
    ) async throws -> Value {
        var backoff = Backoff(from: .milliseconds(100), upTo: .seconds(2), spread: 0.8...1.2)
        for _ in 1...5 {
            do throws(QueueError) {
                return try await call()
            } catch  where error.kind == .unavailable {
                try await Task.sleep(for: backoff.next(fraction: .random(in: 0...1)))
            } catch {
                throw StepProblem("the steps of this job could not be \(what): \(error.description)")
            }
        }
        throw StepProblem("the steps of this job could not be \(what): the inbox could not be reached")
    }
}
