import PostroomCore

/// Workers, pairs and claims of one ordered handler, `mail`.
private struct OrderContext {
    let context: ConformanceContext
    let order: HandlerOrder

    func worker() async throws -> WorkerID {
        let registration = WorkerRegistration(
            label: "test",
            handlers: [(name: "mail", patterns: [.everything])],
            orders: ["mail": order]
        )
        return try await context.queue.register(registration)
    }

    /// Commits deliveries in one batch and claims it.
    func batch(_ keys: [String], by worker: WorkerID) async throws -> ClaimedBatch {
        try await context.post(keys)
        return try one(try await context.claimAll(worker), "claimed batches")
    }

    /// Owes the pairs of a batch, each with its place.
    func owe(_ batch: ClaimedBatch, _ orders: [JobOrder], by worker: WorkerID) async throws {
        let jobs = zip(batch.deliveries, orders)
            .map { delivery, order in
                BatchSettlement.Job(
                    ordinal: delivery.id.ordinal,
                    handler: "mail",
                    outcome: .owed(dueIn: .zero, failure: nil),
                    order: order
                )
            }
        let settlement = BatchSettlement(id: batch.id, receivedAt: batch.receivedAt, jobs: jobs)
        _ = try await context.settle([settlement], by: worker)
    }

    /// Commits deliveries and owes their pairs with those keys, positioned by their numbers.
    func owe(_ keys: [(delivery: String, key: String)], by worker: WorkerID) async throws -> [DeliveryID] {
        let batch = try await batch(keys.map(\.delivery), by: worker)
        let orders = zip(batch.deliveries, keys).map { JobOrder.at($1.key, $0.id.rawValue) }
        try await owe(batch, orders, by: worker)
        return batch.deliveries.map(\.id)
    }

    func claim(_ worker: WorkerID) async throws -> [ClaimedRetry] {
        try await context.queue.claimRetries([RetryClaim(handler: "mail", limit: 10, mayHaveKeys: true)], for: worker)
            .sorted { $0.delivery.id < $1.delivery.id }
    }

    func claimOne(_ worker: WorkerID) async throws -> ClaimedRetry {
        try one(try await claim(worker), "claimed retries")
    }

    func end(_ retry: ClaimedRetry, _ outcome: JobOutcome, newOrder: JobOrder? = nil, by worker: WorkerID) async throws
    {
        let ended = RetrySettlement(
            key: retry.key,
            outcome: outcome,
            place: retry.order.place,
            newOrder: newOrder
        )
        let result = try await context.settle(retries: [ended], by: worker)
        try expect(result.lostRetries.isEmpty, "nothing lost")
    }
}

extension JobOrder {
    fileprivate static func at(_ key: String, _ position: Int64) -> JobOrder {
        .place(OrderPlace(key: key, position: position))
    }
}

private let handled = JobOutcome.handled(duration: .milliseconds(1))

extension QueueConformance {
    private static func check(
        _ name: String,
        _ order: HandlerOrder = .byKey,
        _ body: @escaping @Sendable (OrderContext) async throws -> Void
    ) -> Check {
        Check(name) { try await body(OrderContext(context: $0, order: order)) }
    }

    static let orders = [
        check("pairs of a key run one after the other in the order of their deliveries, and keys beside each other") {
            test in
            let worker = try await test.worker()
            let ids = try await test.owe([("1", "a"), ("2", "a"), ("3", "b"), ("4", "a")], by: worker)
            let first = try await test.claim(worker)
            try expect(first.map(\.delivery.id), is: [ids[0], ids[2]], "the first of each key")
            try expect(first.map(\.order.place?.key), is: ["a", "b"], "keys")
            try expect(try await test.claim(worker).isEmpty, "nothing while they are held")
            try await test.end(first[0], handled, by: worker)
            let second = try await test.claimOne(worker)
            try expect(second.delivery.id, is: ids[1], "the second of its key")
            try await test.end(second, handled, by: worker)
            try expect(try await test.claimOne(worker).delivery.id, is: ids[3], "the last of its key")
        },
        check("a pair that fails holds the later ones of its key back until it has ended") { test in
            let worker = try await test.worker()
            let ids = try await test.owe([("1", "a"), ("2", "a")], by: worker)
            let first = try await test.claimOne(worker)
            try await test.end(first, .owed(dueIn: .seconds(60), failure: failure()), by: worker)
            try expect(try await test.claim(worker).isEmpty, "nothing before it is due")
            try await test.context.inspection.letTimePass(.seconds(61))
            let again = try await test.claimOne(worker)
            try expect(again.delivery.id, is: ids[0], "the same one")
            try await test.end(again, handled, by: worker)
            try expect(try await test.claimOne(worker).delivery.id, is: ids[1], "the next one")
        },
        check("a pair of a later delivery waits while an earlier one may still be in a batch") { test in
            let worker = try await test.worker()
            let early = try await test.batch(["1"], by: worker)
            let ids = try await test.owe([("2", "a")], by: worker)
            try expect(try await test.claim(worker).isEmpty, "nothing while the earlier batch is held")
            try await test.owe(early, [.at("a", early.deliveries[0].id.rawValue)], by: worker)
            let first = try await test.claimOne(worker)
            try expect(first.delivery.id, is: early.deliveries[0].id, "the earlier one, although it came in later")
            try await test.end(first, handled, by: worker)
            try expect(try await test.claimOne(worker).delivery.id, is: ids[0], "the later one")
        },
        check("a pair without a key goes at once, and one whose key nobody read goes first to whoever reads it") {
            test in
            let worker = try await test.worker()
            let batch = try await test.batch(["1", "2", "3"], by: worker)
            let ids = batch.deliveries.map(\.id)
            try await test.owe(batch, [.unknown, .at("a", ids[1].rawValue), .none], by: worker)
            let claimed = try await test.claim(worker)
            try expect(claimed.map(\.order), is: [.unknown, .none], "orders")
            try expect(claimed.map(\.delivery.id), is: [ids[0], ids[2]], "not the one behind the unread one")
            try await test.end(
                claimed[0],
                .owed(dueIn: .zero, failure: nil),
                newOrder: .at("a", ids[0].rawValue),
                by: worker
            )
            let first = try await test.claimOne(worker)
            try expect(first.delivery.id, is: ids[0], "the earlier one of the key")
            try expect(first.failedAttempts, is: 0, "failed attempts")
            try await test.end(first, handled, by: worker)
            try expect(try await test.claimOne(worker).delivery.id, is: ids[1], "the later one")
        },
        check("a dead letter parks its key until it is replayed, and then goes first") { test in
            let worker = try await test.worker()
            let ids = try await test.owe([("1", "a"), ("2", "a"), ("3", "b")], by: worker)
            let claimed = try await test.claim(worker)
            try await test.end(claimed[0], .dead(reason: .permanent, failure: failure()), by: worker)
            try await test.end(claimed[1], handled, by: worker)
            try expect(try await test.claim(worker).isEmpty, "nothing of the parked key")
            _ = try await test.owe([("4", "a")], by: worker)
            try expect(try await test.claim(worker).isEmpty, "nor what comes later")
            try await test.context.inspection.replay(claimed[0].key)
            let again = try await test.claimOne(worker)
            try expect(again.delivery.id, is: ids[0], "the letter's own pair")
            try await test.end(again, handled, by: worker)
            try expect(try await test.claimOne(worker).delivery.id, is: ids[1], "the next one")
        },
        check("a dead letter that is discarded lets its key go on") { test in
            let worker = try await test.worker()
            let ids = try await test.owe([("1", "a"), ("2", "a")], by: worker)
            let first = try await test.claimOne(worker)
            try await test.end(first, .dead(reason: .permanent, failure: failure()), by: worker)
            try expect(try await test.claim(worker).isEmpty, "nothing while it is there")
            try await test.context.inspection.discard(first.key)
            try expect(try await test.claimOne(worker).delivery.id, is: ids[1], "the next one")
        },
        check("where a dead letter lets its key go on, the next pair is claimed at once", .byKey(whenDead: .goOn)) {
            test in
            let worker = try await test.worker()
            let ids = try await test.owe([("1", "a"), ("2", "a")], by: worker)
            let first = try await test.claimOne(worker)
            try await test.end(first, .dead(reason: .permanent, failure: failure()), by: worker)
            try expect(try await test.claimOne(worker).delivery.id, is: ids[1], "the next one")
        },
        check("claims that come back keep their turn") { test in
            let worker = try await test.worker()
            let ids = try await test.owe([("1", "a"), ("2", "a")], by: worker)
            _ = try await test.claimOne(worker)
            try await test.context.die()
            let other = try await test.worker()
            let again = try await test.claimOne(other)
            try expect(again.delivery.id, is: ids[0], "after a death")
            _ = try await test.context.queue.releaseUnknownClaims(of: other, known: HeldClaims())
            try expect(try await test.claimOne(other).delivery.id, is: ids[0], "after a release")
        },
        check("a pair that runs at a rename of its handler holds the others back under the new name") { test in
            let worker = try await test.worker()
            let ids = try await test.owe([("1", "a"), ("2", "a"), ("3", "b")], by: worker)
            let first = try await test.claim(worker)
            try await test.context.inspection.rename("mail", to: "post")
            try await test.context.inspection.moveRenamed()
            let claim = [RetryClaim(handler: "post", limit: 10, mayHaveKeys: true)]
            let early = try await test.context.queue.claimRetries(claim, for: worker)
            try expect(early.isEmpty, "nothing while they run under the former name")
            try await test.end(first[1], handled, by: worker)
            try await test.end(first[0], .owed(dueIn: .zero, failure: failure()), by: worker)
            try await test.context.inspection.moveRenamed()
            let again = try one(try await test.context.queue.claimRetries(claim, for: worker), "claimed retries")
            try expect(again.key, is: RetryKey(delivery: ids[0], handler: "post"), "the one that failed")
            try await test.end(again, handled, by: worker)
            let next = try one(try await test.context.queue.claimRetries(claim, for: worker), "claimed retries")
            try expect(next.delivery.id, is: ids[1], "the next one")
        },
        check("of the pairs that wait only the newest runs, whatever order they came in", .newest) { test in
            let worker = try await test.worker()
            let batch = try await test.batch(["1", "2", "3", "4"], by: worker)
            let ids = batch.deliveries.map(\.id)
            try await test.owe(batch, [.at("a", 20), .at("a", 30), .at("a", 10), .at("b", 5)], by: worker)
            let claimed = try await test.claim(worker)
            try expect(claimed.map(\.delivery.id), is: [ids[1], ids[3]], "the newest of each key")
            let superseded = try await test.context.inspection.superseded().map(\.delivery)
            try expect(superseded.sorted(), is: [ids[0], ids[2]], "superseded")
            try await test.end(claimed[0], handled, by: worker)
            let late = try await test.batch(["5", "6"], by: worker)
            try await test.owe(late, [.at("a", 25), .at("a", 30)], by: worker)
            try expect(try await test.claimOne(worker).delivery.id, is: late.deliveries[1].id, "one as new as the last")
            try expect(try await test.context.inspection.superseded().count, is: 3, "superseded in the end")
            try expect(try await test.context.inspection.handledPairs().map(\.delivery), is: [ids[1]], "handled")
        },
        check("one that runs is let end, and is not tried again where a newer one waits", .newest) { test in
            let worker = try await test.worker()
            let old = try await test.batch(["1"], by: worker)
            try await test.owe(old, [.at("a", 10)], by: worker)
            let running = try await test.claimOne(worker)
            let new = try await test.batch(["2"], by: worker)
            try await test.owe(new, [.at("a", 20)], by: worker)
            try expect(try await test.claim(worker).isEmpty, "nothing beside the one that runs")
            try await test.end(running, .owed(dueIn: .zero, failure: failure()), by: worker)
            let newer = try await test.claimOne(worker)
            try expect(newer.delivery.id, is: new.deliveries[0].id, "the newer one")
            try expect(
                try await test.context.inspection.superseded().map(\.delivery),
                is: [old.deliveries[0].id],
                "superseded"
            )
            try await test.end(newer, .dead(reason: .permanent, failure: failure()), by: worker)
            let newest = try await test.batch(["3"], by: worker)
            try await test.owe(newest, [.at("a", 30)], by: worker)
            try await test.end(try await test.claimOne(worker), handled, by: worker)
            try await test.context.inspection.replay(newer.key)
            try expect(try await test.claim(worker).isEmpty, "nothing of an older letter that is replayed")
            try expect(try await test.context.inspection.retries().isEmpty, "nothing owed")
        },
    ]
}
