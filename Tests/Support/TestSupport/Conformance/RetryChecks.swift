import PostroomCore

extension QueueConformance {
    static let retries = [
        Check("a retry is claimed when it is due, with its delivery and its count") { context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.owed(dueIn: .seconds(30), failure: failure()), by: worker)
            try expect(try await context.claimRetries("mail", worker).isEmpty, "nothing before it is due")
            try await context.inspection.letTimePass(.seconds(31))
            let retry = try one(try await context.claimRetries("mail", worker), "claimed retries")
            try expect(retry.key, is: key, "key")
            try expect(retry.failedAttempts, is: 1, "failed attempts")
            try expect(retry.attemptsBeforeReplay, is: 0, "forgiven attempts")
            try expect(retry.delivery.id, is: key.delivery, "delivery")
            try expect(retry.delivery.body, is: ConformanceContext.request("left").body, "body")
            try expect(try await context.claimRetries("mail", worker).isEmpty, "nothing while it is held")
        },
        Check("a pair that owes without a failure keeps its count") { context in
            let worker = try await context.worker("mail")
            _ = try await context.leave(.owed(dueIn: .zero, failure: nil), by: worker)
            let retry = try one(try await context.claimRetries("mail", worker), "claimed retries")
            try expect(retry.failedAttempts, is: 0, "failed attempts")
        },
        Check("failures add up from retry to retry, and end in a dead letter") { context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.owed(dueIn: .zero, failure: failure(1)), by: worker)
            _ = try one(try await context.claimRetries("mail", worker), "claimed retries")
            let again = RetrySettlement(key: key, outcome: .owed(dueIn: .zero, failure: failure(2)))
            _ = try await context.settle(retries: [again], by: worker)
            let retry = try one(try await context.claimRetries("mail", worker), "claimed retries")
            try expect(retry.failedAttempts, is: 2, "failed attempts")
            let last = RetrySettlement(
                key: key,
                outcome: .dead(reason: .exhausted, failure: failure(3, "still refused"))
            )
            _ = try await context.settle(retries: [last], by: worker)
            try expect(try await context.inspection.retries().isEmpty, "no retry left")
            let letter = try one(try await context.inspection.deadLetters(), "dead letters")
            try expect(letter.reason, is: .exhausted, "reason")
            try expect(letter.failedAttempts, is: 3, "failed attempts")
            try expect(letter.error, is: "still refused", "error")
        },
        Check("a settlement that is repeated after its worker claimed the pair again is reported, and records nothing")
        {
            context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.running, by: worker)
            let failed = RetrySettlement(key: key, outcome: .owed(dueIn: .zero, failure: failure()))
            _ = try await context.settle(retries: [failed], by: worker)
            _ = try one(try await context.claimRetries("mail", worker), "claimed retries")
            let repeated = try await context.settle(retries: [failed], by: worker)
            try expect(repeated.lostRetries, is: [key], "lost retries")
            let retry = try one(try await context.inspection.retries(), "retries")
            try expect(retry.failedAttempts, is: 1, "failed attempts")
            try expect(retry.holder, is: worker, "holder")
        },
        Check("a late settlement of a retry changes nothing and is reported") { context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.running, by: worker)
            try await context.queue.deregister(worker)
            let other = try await context.worker("mail")
            _ = try one(try await context.claimRetries("mail", other), "claimed retries")
            let dead = RetrySettlement(key: key, outcome: .dead(reason: .permanent, failure: failure()))
            let late = try await context.settle(retries: [dead], by: worker)
            try expect(late.lostRetries, is: [key], "lost retries")
            try expect(try await context.inspection.deadLetters().isEmpty, "no dead letter")
            try expect(try await context.inspection.retries().map(\.holder), is: [other], "holder")
        },
        Check("a claim of retries takes no more of a handler than it asks for") { context in
            let worker = try await context.worker("mail", "audit")
            try await context.post((0..<10).map { "\($0)" })
            let batches = try await context.claimAll(worker)
            let settlements = batches.map { batch in
                batch.settled(
                    batch.deliveries.flatMap { delivery in
                        ["mail", "audit"].map { (delivery.id.ordinal, $0, .owed(dueIn: .zero, failure: nil)) }
                    }
                )
            }
            _ = try await context.settle(settlements, by: worker)
            let claims = [RetryClaim(handler: "mail", limit: 3), RetryClaim(handler: "audit", limit: 5)]
            var claimed: [ClaimedRetry] = []
            claimed += try await context.queue.claimRetries(claims, for: worker)
            try expect(claimed.count { $0.key.handler == "mail" } <= 3, "at most 3 of mail")
            try expect(claimed.count { $0.key.handler == "audit" } <= 5, "at most 5 of audit")
            try expect(!claimed.isEmpty, "some were claimed")
            for _ in 0..<20 {
                claimed += try await context.queue.claimRetries(claims, for: worker)
            }
            try expect(Set(claimed.map(\.key)).count, is: 20, "retries in all")
            try expect(claimed.count, is: 20, "each claimed once")
        },
        Check("the pairs of a handler that no worker has wait, and are claimed after its deploy") { context in
            let worker = try await context.worker("mail")
            _ = try await context.leave(.owed(dueIn: .zero, failure: nil), "crm", by: worker)
            try expect(try await context.claimRetries("mail", worker).isEmpty, "nothing for another handler")
            let newer = try await context.worker("mail", "crm")
            try expect(try await context.claimRetries("crm", newer).count, is: 1, "claimed retries")
        },
    ]
}
