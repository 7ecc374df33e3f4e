import PostroomCore

/// The rows of what the successful attempts of a settlement enqueued and recorded.
struct CompletionRows {
    private var batches: [BatchID] = []
    private var retries: [FollowUpSettle.Retry] = []
    private var followUps: [FollowUpSettle.FollowUp] = []
    private var stepped: [FollowUpSettle.Stepped] = []

    /// Collects the rows; most settlements have none.
    init(_ settlement: Settlement) {
        for batch in settlement.batches {
            var isConcerned = false
            for job in batch.jobs {
                guard case .handled(_, let completion) = job.outcome, completion != .plain else { continue }
                let delivery = DeliveryID(batch: batch.id, ordinal: job.ordinal)
                append(completion, RetryKey(delivery: delivery, handler: job.handler), isRetry: false)
                isConcerned = true
            }
            if isConcerned {
                batches.append(batch.id)
            }
        }
        for retry in settlement.retries {
            guard case .handled(_, let completion) = retry.outcome, completion != .plain else { continue }
            retries.append(FollowUpSettle.Retry(delivery: retry.key.delivery, handler: retry.key.handler))
            append(completion, retry.key, isRetry: true)
        }
    }

    private mutating func append(_ completion: JobCompletion, _ job: RetryKey, isRetry: Bool) {
        for event in completion.followUps {
            let key = event.idempotencyKey ?? ""
            followUps.append(
                FollowUpSettle.FollowUp(
                    delivery: job.delivery,
                    handler: job.handler,
                    isRetry: isRetry,
                    keyHash: KeyHash(endpoint: event.endpoint, key: key),
                    endpoint: event.endpoint,
                    source: event.source,
                    eventType: event.eventType,
                    key: key,
                    headers: event.headers,
                    body: event.body,
                    dueIn: event.due.delay,
                    dueAt: event.due.moment
                )
            )
        }
        if completion.hasSteps {
            stepped.append(FollowUpSettle.Stepped(delivery: job.delivery, handler: job.handler, isRetry: isRetry))
        }
    }

    /// Makes the statement, or `nil` where there is nothing to write.
    func statement(worker: WorkerID, _ directoryVersion: Int64) -> FollowUpSettle? {
        guard !batches.isEmpty || !retries.isEmpty else { return nil }
        return FollowUpSettle(
            worker: worker,
            directoryVersion: directoryVersion,
            batchIDs: batches,
            retries: retries,
            followUps: followUps,
            stepped: stepped
        )
    }
}

extension EnqueuedEvent.Due {
    /// The time from the commit, where it is one.
    fileprivate var delay: Duration? {
        if case .after(let delay) = self { delay } else { nil }
    }

    /// The moment, where it is one.
    fileprivate var moment: Timestamp? {
        if case .at(let date) = self { Timestamp(date) } else { nil }
    }
}
