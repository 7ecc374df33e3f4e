import FoundationEssentials
import PostroomCore

/// An event that waits for its time.
struct ScheduledRow {
    let endpoint: EndpointName
    let key: String
    let request: IncomingDelivery
    var dueAt: Timestamp
}

/// A step on record: a result, or the end of a sleep.
struct StepRow {
    var value: [UInt8] = []
    var dueAt: Timestamp?

    func record(_ name: String, at now: Timestamp) -> StepRecord {
        guard let dueAt else { return StepRecord(name: name, content: .value(value)) }
        return StepRecord(name: name, content: .sleep(left: .microseconds(dueAt.rawValue - now.rawValue)))
    }
}

/// The remains of attempts: events, now or later, and steps.
extension InboxState {
    /// The number of deliveries that were ever stored.
    var deliveryCount: Int {
        keys.count
    }

    /// Writes what comes with the success of a job whose claim is held.
    mutating func complete(_ delivery: DeliveryID, _ handler: HandlerName, _ outcome: JobOutcome, at now: Timestamp) {
        guard case .handled(_, let completion) = outcome else { return }
        for event in completion.followUps {
            enqueue(event, at: now)
        }
        if completion.hasSteps {
            steps[RetryKey(delivery: delivery, handler: handler)] = nil
        }
    }

    private mutating func enqueue(_ event: EnqueuedEvent, at now: Timestamp) {
        let text = event.idempotencyKey ?? ""
        let key = Key(endpoint: event.endpoint, key: Array(text.utf8))
        let request = IncomingDelivery(
            endpoint: event.endpoint,
            source: event.source,
            identity: DeliveryIdentity(eventType: event.eventType, idempotencyKey: text),
            headers: event.headers,
            body: event.body
        )
        let dueAt: Timestamp
        switch event.due {
        case .now: dueAt = now
        case .after(let delay): dueAt = now + delay
        case .at(let moment): dueAt = Timestamp(moment)
        }
        if dueAt <= now {
            _ = store([request], claimedBy: nil, at: now)
        } else if keys[key] == nil, scheduled[key] == nil {
            scheduled[key] = ScheduledRow(endpoint: event.endpoint, key: text, request: request, dueAt: dueAt)
        }
    }

    /// Stores the events that are due.
    mutating func storeDueEvents(at now: Timestamp) {
        guard !scheduled.isEmpty else { return }
        for (key, row) in scheduled.filter({ $0.value.dueAt <= now }).sorted(by: { $0.value.dueAt < $1.value.dueAt }) {
            scheduled[key] = nil
            _ = store([row.request], claimedBy: nil, at: now)
        }
    }

    /// Takes an event back that waits.
    mutating func cancel(_ endpoint: EndpointName, _ key: String) -> Bool {
        scheduled.removeValue(forKey: Key(endpoint: endpoint, key: Array(key.utf8))) != nil
    }

    mutating func letTimePassForEvents(_ duration: Duration) {
        for (key, row) in scheduled {
            scheduled[key]?.dueAt = row.dueAt + (.zero - duration)
        }
        for (key, row) in notices {
            notices[key]?.dueAt = row.dueAt + (.zero - duration)
        }
        for (job, rows) in steps {
            for (name, row) in rows {
                steps[job]?[name]?.dueAt = row.dueAt.map { $0 + (.zero - duration) }
            }
        }
    }

    // MARK: - Steps

    /// Moves the steps of a job that is renamed; those of the new name come first.
    mutating func moveSteps(of job: RetryKey, to newer: RetryKey) {
        guard let own = steps.removeValue(forKey: job) else { return }
        steps[newer, default: [:]].merge(own) { kept, _ in kept }
    }

    func readSteps(of job: RetryKey, at now: Timestamp) -> [StepRecord] {
        (steps[job] ?? [:]).map { $0.value.record($0.key, at: now) }
    }

    mutating func writeStep(
        _ step: NewStep,
        of job: RetryKey,
        attempt: Int,
        for worker: WorkerID,
        at now: Timestamp
    ) -> StepRecord? {
        let row = retries[job]
        let isHeldAlone = row?.worker == worker && row?.failedAttempts == attempt - 1
        let isHeldInBatch = attempt == 1 && batches[job.delivery.batch]?.worker == worker
        guard isKnown(worker), isHeldAlone || isHeldInBatch else { return nil }
        if let known = steps[job]?[step.name] {
            return known.record(step.name, at: now)
        }
        let new: StepRow
        switch step.content {
        case .value(let bytes): new = StepRow(value: bytes)
        case .sleepFor(let duration): new = StepRow(dueAt: now + duration)
        case .sleepUntil(let moment): new = StepRow(dueAt: moment)
        }
        steps[job, default: [:]][step.name] = new
        return new.record(step.name, at: now)
    }
}
