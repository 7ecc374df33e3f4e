import PostroomCore
import PostroomQueue

extension QueueConformance {
    static let settlements = [
        Check("a settled batch is gone, and its handled pairs are recorded") { scene in
            let worker = try await scene.worker("mail")
            let receipts = try await scene.post(["a", "b"]).receipts
            let batches = try await scene.claimAll(worker)
            _ = try await scene.settle(batches.map { $0.settled("mail") }, by: worker)
            try expect(try await scene.inspection.batches().isEmpty, "no batch left")
            let handled = try await scene.inspection.handledPairs()
            try expect(Set(handled), is: Set(receipts.map { PairView(delivery: $0.id, handler: "mail") }), "handled")
        },
        Check("each pair of a batch gets its own outcome") { scene in
            let worker = try await scene.worker("mail", "audit", "crm")
            try await scene.post(["a"])
            let batch = try one(try await scene.claimAll(worker), "batches")
            let ordinal = batch.deliveries[0].id.ordinal
            let settlement = batch.settled([
                (ordinal, "mail", .handled(duration: .milliseconds(2))),
                (ordinal, "audit", .owed(dueIn: .seconds(60), failure: failure())),
                (ordinal, "crm", .dead(reason: .permanent, failure: failure(1, "no such customer"))),
            ])
            _ = try await scene.settle([settlement], by: worker)
            try expect(try await scene.inspection.handledPairs().map(\.handler), is: ["mail"], "handled")
            let retry = try one(try await scene.inspection.retries(), "retries")
            try expect(retry.key.handler, is: "audit", "retry's handler")
            try expect(retry.failedAttempts, is: 1, "failed attempts")
            try expect(!retry.isDue, "not due")
            try expect(retry.holder, is: nil, "holder")
            let letter = try one(try await scene.inspection.deadLetters(), "dead letters")
            try expect(letter.key.handler, is: "crm", "dead letter's handler")
            try expect(letter.reason, is: .permanent, "reason")
            try expect(letter.failedAttempts, is: 1, "failed attempts of the dead letter")
            try expect(letter.error, is: "no such customer", "error")
        },
        Check("a delivery that nobody subscribed to is settled without pairs") { scene in
            let worker = try await scene.worker("mail")
            try await scene.post(["a"])
            let batches = try await scene.claimAll(worker)
            _ = try await scene.settle(batches.map { $0.settled([]) }, by: worker)
            try expect(try await scene.inspection.batches().isEmpty, "no batch left")
            try expect(try await scene.inspection.handledPairs().isEmpty, "nothing handled")
        },
        Check("a late settlement changes nothing and is reported") { scene in
            let worker = try await scene.worker("mail")
            try await scene.post(["a"])
            let batches = try await scene.claimAll(worker)
            try await scene.queue.deregister(worker)
            let other = try await scene.worker("mail")
            let again = try await scene.claimAll(other)
            let outcome = PairOutcome.dead(reason: .permanent, failure: failure())
            let late = try await scene.settle(batches.map { $0.settled("mail", outcome) }, by: worker)
            try expect(late.lostBatches, is: batches.map(\.key), "lost batches")
            try expect(try await scene.inspection.deadLetters().isEmpty, "no dead letter")
            let mine = try await scene.settle(again.map { $0.settled("mail") }, by: other)
            try expect(mine.lostBatches.isEmpty, "nothing lost by the other")
        },
        Check("one lost batch takes nothing from the others of its settlement") { scene in
            let worker = try await scene.worker("mail")
            try await scene.post(["a"])
            let lost = try await scene.claimAll(worker)
            _ = try await scene.queue.releaseUnknownClaims(of: worker, known: HeldClaims())
            let other = try await scene.worker("mail")
            _ = try await scene.claimAll(other)
            try await scene.post(["b"])
            let kept = try await scene.claimAll(worker)
            let result = try await scene.settle((lost + kept).map { $0.settled("mail") }, by: worker)
            try expect(result.lostBatches, is: lost.map(\.key), "lost batches")
            let left = try await scene.inspection.batches()
            try expect(left.map(\.key), is: lost.map(\.key), "batches left")
        },
        Check("a settlement that is sent twice is lost the second time and counted once") { scene in
            let worker = try await scene.worker("mail", "audit")
            try await scene.post(["a"])
            let batch = try one(try await scene.claimAll(worker), "batches")
            let ordinal = batch.deliveries[0].id.ordinal
            let settlement = batch.settled([
                (ordinal, "mail", .handled(duration: .zero)),
                (ordinal, "audit", .owed(dueIn: .zero, failure: failure())),
            ])
            _ = try await scene.settle([settlement], by: worker)
            let second = try await scene.settle([settlement], by: worker)
            try expect(second.lostBatches, is: [batch.key], "lost batches")
            try expect(try await scene.inspection.handledPairs().count, is: 1, "handled pairs")
            try expect(try await scene.inspection.retries().map(\.failedAttempts), is: [1], "failed attempts")
        },
        Check("a pair that still runs leaves its batch as a retry of its worker") { scene in
            let worker = try await scene.worker("mail")
            let key = try await scene.leave(.running, by: worker)
            try expect(try await scene.inspection.batches().isEmpty, "no batch left")
            let retry = try one(try await scene.inspection.retries(), "retries")
            try expect(retry.holder, is: worker, "holder")
            try expect(retry.failedAttempts, is: 0, "failed attempts")
            let other = try await scene.worker("mail")
            try expect(try await scene.claimRetries("mail", other).isEmpty, "nothing for the other")
            let outcome = PairOutcome.handled(duration: .seconds(1))
            let result = try await scene.settle(retries: [RetrySettlement(key: key, outcome: outcome)], by: worker)
            try expect(result.lostRetries.isEmpty, "nothing lost")
            try expect(try await scene.inspection.retries().isEmpty, "no retry left")
            try expect(try await scene.inspection.handledPairs().count, is: 1, "handled pairs")
        },
    ]
}
