import PostroomCore

extension QueueConformance {
    static let settlements = [
        Check("a settled batch is gone, and its handled pairs are recorded") { context in
            let worker = try await context.worker("mail")
            let receipts = try await context.post(["a", "b"]).receipts
            let batches = try await context.claimAll(worker)
            _ = try await context.settle(batches.map { $0.settled("mail") }, by: worker)
            try expect(try await context.inspection.batches().isEmpty, "no batch left")
            let handled = try await context.inspection.handledPairs()
            try expect(Set(handled), is: Set(receipts.map { PairView(delivery: $0.id, handler: "mail") }), "handled")
        },
        Check("each pair of a batch gets its own outcome") { context in
            let worker = try await context.worker("mail", "audit", "crm")
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            let ordinal = batch.deliveries[0].id.ordinal
            let settlement = batch.settled([
                (ordinal, "mail", .handled(duration: .milliseconds(2))),
                (ordinal, "audit", .owed(dueIn: .seconds(60), failure: failure())),
                (ordinal, "crm", .dead(reason: .permanent, failure: failure(1, "no such customer"))),
            ])
            _ = try await context.settle([settlement], by: worker)
            try expect(try await context.inspection.handledPairs().map(\.handler), is: ["mail"], "handled")
            let retry = try one(try await context.inspection.retries(), "retries")
            try expect(retry.key.handler, is: "audit", "retry's handler")
            try expect(retry.failedAttempts, is: 1, "failed attempts")
            try expect(!retry.isDue, "not due")
            try expect(retry.holder, is: nil, "holder")
            let letter = try one(try await context.inspection.deadLetters(), "dead letters")
            try expect(letter.key.handler, is: "crm", "dead letter's handler")
            try expect(letter.reason, is: .permanent, "reason")
            try expect(letter.failedAttempts, is: 1, "failed attempts of the dead letter")
            try expect(letter.error, is: "no such customer", "error")
        },
        Check("a delivery that nobody subscribed to is settled without pairs") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let batches = try await context.claimAll(worker)
            _ = try await context.settle(batches.map { $0.settled([]) }, by: worker)
            try expect(try await context.inspection.batches().isEmpty, "no batch left")
            try expect(try await context.inspection.handledPairs().isEmpty, "nothing handled")
        },
        Check("a late settlement changes nothing and is reported") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let batches = try await context.claimAll(worker)
            try await context.queue.deregister(worker)
            let other = try await context.worker("mail")
            let again = try await context.claimAll(other)
            let outcome = JobOutcome.dead(reason: .permanent, failure: failure())
            let late = try await context.settle(batches.map { $0.settled("mail", outcome) }, by: worker)
            try expect(late.lostBatches, is: batches.map(\.id), "lost batches")
            try expect(try await context.inspection.deadLetters().isEmpty, "no dead letter")
            let mine = try await context.settle(again.map { $0.settled("mail") }, by: other)
            try expect(mine.lostBatches.isEmpty, "nothing lost by the other")
        },
        Check("one lost batch takes nothing from the others of its settlement") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let lost = try await context.claimAll(worker)
            _ = try await context.queue.releaseUnknownClaims(of: worker, known: HeldClaims())
            let other = try await context.worker("mail")
            _ = try await context.claimAll(other)
            try await context.post(["b"])
            let kept = try await context.claimAll(worker)
            let result = try await context.settle((lost + kept).map { $0.settled("mail") }, by: worker)
            try expect(result.lostBatches, is: lost.map(\.id), "lost batches")
            let left = try await context.inspection.batches()
            try expect(left.map(\.id), is: lost.map(\.id), "batches left")
        },
        Check("a settlement that is sent twice is lost the second time and counted once") { context in
            let worker = try await context.worker("mail", "audit")
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            let ordinal = batch.deliveries[0].id.ordinal
            let settlement = batch.settled([
                (ordinal, "mail", .handled(duration: .zero)),
                (ordinal, "audit", .owed(dueIn: .zero, failure: failure())),
            ])
            _ = try await context.settle([settlement], by: worker)
            let second = try await context.settle([settlement], by: worker)
            try expect(second.lostBatches, is: [batch.id], "lost batches")
            try expect(try await context.inspection.handledPairs().count, is: 1, "handled pairs")
            try expect(try await context.inspection.retries().map(\.failedAttempts), is: [1], "failed attempts")
        },
        Check("a pair that still runs leaves its batch as a retry of its worker") { context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.running, by: worker)
            try expect(try await context.inspection.batches().isEmpty, "no batch left")
            let retry = try one(try await context.inspection.retries(), "retries")
            try expect(retry.holder, is: worker, "holder")
            try expect(retry.failedAttempts, is: 0, "failed attempts")
            let other = try await context.worker("mail")
            try expect(try await context.claimRetries("mail", other).isEmpty, "nothing for the other")
            let outcome = JobOutcome.handled(duration: .seconds(1))
            let result = try await context.settle(retries: [RetrySettlement(key: key, outcome: outcome)], by: worker)
            try expect(result.lostRetries.isEmpty, "nothing lost")
            try expect(try await context.inspection.retries().isEmpty, "no retry left")
            try expect(try await context.inspection.handledPairs().count, is: 1, "handled pairs")
        },
        Check("whatever an outcome holds, it is settled, and its neighbours with it") { context in
            let worker = try await context.worker("mail")
            let keys = (0..<18).map { "\($0)" }
            for (round, absurd) in absurdOutcomes.enumerated() {
                try await context.post(keys.map { "\(round) \($0)" })
                let batches = try await context.claimAll(worker)
                let settlements = batches.map { batch in
                    batch.settled(
                        batch.deliveries.map { delivery in
                            let isAbsurd = delivery.idempotencyKey.hasSuffix(" 0")
                            return (delivery.id.ordinal, "mail", isAbsurd ? absurd : .handled(duration: .zero))
                        }
                    )
                }
                let result = try await context.settle(settlements, by: worker)
                try expect(result.lostBatches.isEmpty, "nothing lost with \(round)")
                try expect(try await context.inspection.batches().isEmpty, "no batch left with \(round)")
                let handled = try await context.inspection.handledPairs().count
                try expect(handled >= 17 * (round + 1), "the neighbours handled with \(round)")
            }
        },
        Check("whatever a retry's outcome holds, it is settled, and its neighbours with it") { context in
            let worker = try await context.worker("mail")
            for (round, absurd) in absurdOutcomes.enumerated() {
                try await context.post((0..<18).map { "\(round) \($0)" })
                let batches = try await context.claimAll(worker)
                _ = try await context.settle(batches.map { $0.settled("mail", .running) }, by: worker)
                let retries = batches.flatMap { batch in
                    batch.deliveries.map { delivery in
                        let key = RetryKey(delivery: delivery.id, handler: "mail")
                        let isAbsurd = delivery.idempotencyKey.hasSuffix(" 0")
                        return RetrySettlement(key: key, outcome: isAbsurd ? absurd : .handled(duration: .zero))
                    }
                }
                _ = try await context.settle(retries: retries, by: worker)
                let handled = try await context.inspection.handledPairs().count
                try expect(handled >= 17 * (round + 1), "the neighbours handled with \(round)")
            }
        },
        Check("a delay beyond ten years is ten years, and a negative one none") { context in
            let worker = try await context.worker("mail")
            for (delay, after) in [(Duration.seconds(Int64.max), 3651), (.seconds(Int64.min), 0)] {
                try await context.post(["\(after)"])
                let batches = try await context.claimAll(worker)
                let outcome = JobOutcome.owed(dueIn: delay, failure: failure())
                _ = try await context.settle(batches.map { $0.settled("mail", outcome) }, by: worker)
                try expect(
                    try await context.claimRetries("mail", worker).isEmpty == (after > 0),
                    "not due before \(after)"
                )
                try await context.inspection.letTimePass(.seconds(after * 86_400))
                let due = try await context.inspection.retries().filter(\.isDue)
                try expect(due.count, is: 1, "due after \(after) days")
                let settled = due.map { RetrySettlement(key: $0.key, outcome: .handled(duration: .zero)) }
                if after > 0 {
                    _ = try await context.claimRetries("mail", worker)
                }
                _ = try await context.settle(retries: settled, by: worker)
            }
        },
        Check("every run of three hundred handlers is on record") { context in
            let handlers = (0..<300).map { HandlerName(rawValue: "handler-\($0)") }
            let registration = WorkerRegistration(label: "test", handlers: handlers.map { ($0, [.everything]) })
            let worker = try await context.queue.register(registration)
            try await context.post(["a", "b", "c"])
            let batches = try await context.claimAll(worker)
            let settlements = batches.map { batch in
                batch.settled(
                    batch.deliveries.flatMap { delivery in
                        handlers.map { (delivery.id.ordinal, $0, .handled(duration: .milliseconds(2))) }
                    }
                )
            }
            _ = try await context.settle(settlements, by: worker)
            let handled = try await context.inspection.handledPairs()
            try expect(handled.count, is: 900, "handled pairs")
            try expect(Set(handled).count, is: 900, "different ones")
            try expect(Set(handled.map(\.handler)), is: Set(handlers), "handlers")
        },
    ]

    /// Outcomes as a handler without bounds, or a clock that jumps, would make them.
    private static let absurdOutcomes: [JobOutcome] = [
        .handled(duration: .seconds(Int64.max)),
        .handled(duration: .seconds(Int64.min)),
        .owed(dueIn: .seconds(Int64.max), failure: nil),
        .owed(dueIn: .seconds(Int64.max), failure: failure()),
        .owed(dueIn: .seconds(1_764_000_000_000), failure: failure()),
        .owed(dueIn: .seconds(Int64.min), failure: failure()),
        .owed(dueIn: .zero, failure: AttemptFailure(attempt: 1, error: "", duration: .seconds(Int64.max))),
        .owed(dueIn: .zero, failure: AttemptFailure(attempt: 1, error: "", duration: .seconds(Int64.min))),
        .owed(dueIn: .zero, failure: AttemptFailure(attempt: Int.max, error: "many", duration: .zero)),
        .dead(reason: .permanent, failure: AttemptFailure(attempt: 0, error: "none", duration: .seconds(Int64.max))),
        .dead(reason: .exhausted, failure: AttemptFailure(attempt: -5, error: "less", duration: .zero)),
        .dead(reason: .permanent, failure: failure(1, "\u{0}\u{0}\u{FFFE}\u{202E}\u{1B}[2J\u{10FFFF}")),
        .dead(reason: .permanent, failure: failure(1, String(repeating: "\u{0}", count: 5000))),
        .dead(reason: .permanent, failure: failure(1, String(repeating: "\u{1F468}\u{200D}\u{1F469}", count: 500_000))),
        .dead(
            reason: .permanent,
            failure: failure(1, String(decoding: [0x61, 0xED, 0xA0, 0x80, 0xFF], as: UTF8.self))
        ),
    ]
}
