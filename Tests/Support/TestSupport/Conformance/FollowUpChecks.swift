import FoundationEssentials
package import PostroomCore

/// An event of a program's own, as tests enqueue it.
package struct Reminder: Codable, Hashable, WebhookEvent {
    package static let source: Source = "acme"
    package static let eventTypes = ["reminder"]

    /// The text.
    package let text: String

    /// Makes an event.
    package init(text: String) {
        self.text = text
    }

    package init(decoding event: Event) throws {
        guard let reminder = try? JSONDecoder().decode(Reminder.self, from: Data(event.body)) else {
            throw UndecodableEvent(path: "", expectation: "expected a reminder")
        }
        self = reminder
    }
}

extension JobOutcome {
    /// Success that enqueues events with those keys.
    static func enqueueing(_ keys: String..., due: EnqueuedEvent.Due = .now) throws -> JobOutcome {
        let events = try keys.map { try EnqueuedEvent(Reminder(text: $0), due: due, key: $0) }
        return .handled(duration: .milliseconds(1), completion: JobCompletion(followUps: events))
    }
}

extension ConformanceContext {
    /// Claims everything, and returns the keys of the deliveries.
    fileprivate func claimKeys(_ worker: WorkerID) async throws -> [String] {
        try await claimAll(worker).flatMap(\.deliveries).map(\.idempotencyKey).sorted()
    }
}

extension QueueConformance {
    static let followUps = [
        Check("what a settled batch enqueued is a delivery, whole") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            _ = try await context.settle([batch.settled("mail", .enqueueing("one", "two"))], by: worker)
            let deliveries = try await context.claimAll(worker).flatMap(\.deliveries)
                .sorted { $0.idempotencyKey < $1.idempotencyKey }
            try expect(deliveries.map(\.idempotencyKey), is: ["one", "two"], "keys")
            let delivery = deliveries[0]
            try expect(delivery.endpoint, is: .internal, "endpoint")
            try expect(delivery.source, is: "acme", "source")
            try expect(delivery.eventType, is: "reminder", "event type")
            try expect(delivery.headers.only("content-type"), is: "application/json", "content type")
            try expect(String(decoding: delivery.body, as: UTF8.self), is: #"{"text":"one"}"#, "body")
        },
        Check("what a settled retry enqueued is a delivery") { context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.running, by: worker)
            let settlement = RetrySettlement(key: key, outcome: try .enqueueing("one"))
            _ = try await context.settle(retries: [settlement], by: worker)
            try expect(try await context.claimKeys(worker), is: ["one"], "keys")
        },
        Check("a key that is known is not enqueued again, now or later") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a", "b", "c"])
            let batch = try one(try await context.claimAll(worker), "batches")
            let outcomes: [JobOutcome] = [
                try .enqueueing("one", "one"), try .enqueueing("one"),
                try .enqueueing("one", due: .after(.seconds(60))),
            ]
            let jobs = zip(batch.deliveries, outcomes).map { ($0.id.ordinal, "mail" as HandlerName, $1) }
            _ = try await context.settle([batch.settled(jobs)], by: worker)
            try await context.inspection.letTimePass(.seconds(61))
            try expect(try await context.claimKeys(worker), is: ["one"], "keys")
            try expect(try await context.inspection.scheduledEvents().isEmpty, "nothing waits")
        },
        Check("a batch or a retry that is lost enqueues nothing, and takes nothing from others") { context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.running, by: worker)
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            try await context.queue.deregister(worker)
            let other = try await context.worker("mail")
            let lost = RetrySettlement(key: key, outcome: try .enqueueing("retry"))
            let result = try await context.settle(
                [batch.settled("mail", .enqueueing("batch"))],
                retries: [lost],
                by: worker
            )
            try expect(result.lostBatches, is: [batch.id], "lost batches")
            try expect(result.lostRetries, is: [key], "lost retries")
            try expect(try await context.claimKeys(other), is: ["a"], "keys")
        },
        Check("a settlement by an old directory enqueues nothing until it is accepted") { context in
            let worker = try await context.worker("mail")
            let old = try await context.version()
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            _ = try await context.worker("crm")
            let settlement = batch.settled("mail", try .enqueueing("one"))
            let refused = try await context.settle([settlement], version: old, by: worker)
            try expect(refused.directoryIsStale, "stale")
            try expect(try await context.claimKeys(worker).isEmpty, "nothing enqueued")
            _ = try await context.settle([settlement], by: worker)
            try expect(try await context.claimKeys(worker), is: ["one"], "keys")
        },
        Check("an event for later waits apart, and is one delivery when it is due") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            let outcome = try JobOutcome.enqueueing("later", due: .after(.seconds(60)))
            _ = try await context.settle([batch.settled("mail", outcome)], by: worker)
            try expect(try await context.inspection.batches().isEmpty, "no batch")
            let waiting = try await context.inspection.scheduledEvents()
            try expect(waiting, is: [ScheduledView(endpoint: .internal, key: "later")], "waiting")
            try await context.inspection.letTimePass(.seconds(30))
            try expect(try await context.claimKeys(worker).isEmpty, "not due")
            try await context.inspection.letTimePass(.seconds(31))
            try expect(try await context.claimKeys(worker), is: ["later"], "keys")
            try expect(try await context.inspection.scheduledEvents().isEmpty, "nothing waits")
        },
        Check("a moment in the past is now, and one in the future is waited for") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a", "b"])
            let batch = try one(try await context.claimAll(worker), "batches")
            let jobs = zip(batch.deliveries, [("past", -3600.0), ("future", 3600)])
                .map { delivery, event in
                    let outcome = Result {
                        try JobOutcome.enqueueing(event.0, due: .at(Date(timeIntervalSinceNow: event.1)))
                    }
                    return (delivery.id.ordinal, "mail" as HandlerName, outcome)
                }
            _ = try await context.settle([batch.settled(jobs.map { ($0, $1, try $2.get()) })], by: worker)
            try expect(try await context.claimKeys(worker), is: ["past"], "keys")
            try expect(try await context.inspection.scheduledEvents().map(\.key), is: ["future"], "waiting")
        },
        Check("an event that was cancelled before it was due never comes, and its key is free") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a", "b"])
            let batch = try one(try await context.claimAll(worker), "batches")
            let outcome = try JobOutcome.enqueueing("later", due: .after(.seconds(60)))
            _ = try await context.settle(
                [batch.settled([(batch.deliveries[0].id.ordinal, "mail", outcome)])],
                by: worker
            )
            try expect(try await !context.inspection.cancel(.internal, "other"), "no other was there")
            try expect(try await context.inspection.cancel(.internal, "later"), "it was there")
            try expect(try await !context.inspection.cancel(.internal, "later"), "it is gone")
            try await context.inspection.letTimePass(.seconds(61))
            try expect(try await context.claimKeys(worker).isEmpty, "nothing came")
            let key = try await context.leave(.running, by: worker)
            _ = try await context.settle(
                retries: [RetrySettlement(key: key, outcome: .enqueueing("later"))],
                by: worker
            )
            try expect(try await context.claimKeys(worker), is: ["later"], "keys")
        },
        Check("more than one batch of events of one settlement are all delivered") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a", "b"])
            let batch = try one(try await context.claimAll(worker), "batches")
            let events = try (0..<300).map { try EnqueuedEvent(Reminder(text: "\($0)"), key: "\($0)") }
            let jobs = [events[..<200], events[200...]]
                .map { JobOutcome.handled(duration: .zero, completion: JobCompletion(followUps: Array($0))) }
            let settled = zip(batch.deliveries, jobs).map { ($0.id.ordinal, "mail" as HandlerName, $1) }
            _ = try await context.settle([batch.settled(settled)], by: worker)
            let keys = try await context.claimKeys(worker)
            try expect(Set(keys), is: Set((0..<300).map(String.init)), "keys")
            try expect(keys.count, is: 300, "number")
        },
    ]
}
