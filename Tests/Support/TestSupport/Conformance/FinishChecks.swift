import PostroomCore

extension ConformanceContext {
    /// Commits one delivery and claims its pair as a transactional one.
    func claimedSingly(_ key: String = "single", by worker: WorkerID) async throws -> ClaimedRetry {
        try await post([key])
        let batch = try one(try await claimAll(worker), "claimed batches")
        _ = try await settle([batch.settled("mail", .owed(dueIn: .zero, failure: nil))], by: worker)
        return try one(try await claimTransactional(worker), "claimed retries")
    }

    func claimTransactional(_ worker: WorkerID) async throws -> [ClaimedRetry] {
        try await queue.claimRetries([RetryClaim(handler: "mail", limit: 10, isTransactional: true)], for: worker)
    }

    func finish(_ retry: ClaimedRetry, _ worker: WorkerID) async throws -> FinishResult {
        try await inspection.finish(Receipt(worker: worker, job: retry.key).text)
    }

    func settle(_ retry: ClaimedRetry, _ outcome: JobOutcome, _ worker: WorkerID) async throws -> SettlementResult {
        try await settle(
            retries: [RetrySettlement(key: retry.key, outcome: outcome, isTransactional: true)],
            by: worker
        )
    }
}

extension QueueConformance {
    /// The outcomes that an attempt may have after its transaction was committed.
    private static let outcomes: [JobOutcome] = [
        .handled(duration: .milliseconds(2)), .owed(dueIn: .seconds(60), failure: failure()),
        .owed(dueIn: .zero, failure: nil), .dead(reason: .permanent, failure: failure()),
    ]

    static let finishes = [
        Check("a pair that finished is handled, whatever its attempt says afterwards, and can finish only once") {
            context in
            let worker = try await context.worker("mail")
            for (number, outcome) in outcomes.enumerated() {
                let retry = try await context.claimedSingly("\(number)", by: worker)
                try expect(!retry.isFinished, "not finished before its first attempt")
                try expect(try await context.finish(retry, worker), is: .isFinished, "first time")
                try expect(try await context.finish(retry, worker), is: .wasFinished, "second time")
                let result = try await context.settle(retry, outcome, worker)
                try expect(result.lostRetries.isEmpty, "nothing lost")
                try expect(try await context.finish(retry, worker), is: .isLost, "after its settlement")
                try expect(try await context.inspection.handledPairs().count, is: number + 1, "handled pairs")
            }
            try expect(try await context.inspection.retries().isEmpty, "no retry left")
            try expect(try await context.inspection.deadLetters().isEmpty, "no dead letter")
        },
        Check("a pair that did not finish ends as its attempt says") { context in
            let worker = try await context.worker("mail")
            let retry = try await context.claimedSingly(by: worker)
            _ = try await context.settle(retry, .owed(dueIn: .zero, failure: failure()), worker)
            let again = try one(try await context.claimTransactional(worker), "claimed retries")
            try expect(again.failedAttempts, is: 1, "failed attempts")
            try expect(!again.isFinished, "not finished")
            _ = try await context.settle(again, .dead(reason: .exhausted, failure: failure(2)), worker)
            try expect(try await context.inspection.deadLetters().count, is: 1, "dead letters")
        },
        Check("a pair that finished before its worker died comes back as finished") { context in
            let worker = try await context.worker("mail")
            let retry = try await context.claimedSingly(by: worker)
            try expect(try await context.finish(retry, worker), is: .isFinished, "before the death")
            try await context.die()
            let other = try await context.worker("mail")
            let again = try one(try await context.claimTransactional(other), "claimed retries")
            try expect(again.isFinished, "finished")
            try expect(try await context.finish(again, other), is: .wasFinished, "by the other worker")
            _ = try await context.settle(again, .handled(duration: .zero), other)
            try expect(try await context.inspection.handledPairs().count, is: 1, "handled pairs")
        },
        Check("a suspect that finished before its worker died gets no strike and never dies of it") { context in
            let (worker, _) = try await context.suspects(["a"])
            guard var suspect = try await context.claimSuspect(worker) else {
                throw ConformanceFailure(description: "expected: a suspect")
            }
            try expect(try await context.finish(suspect, worker), is: .isFinished, "before the death")
            var holder = worker
            for deaths in 1...CrashRules.strikesUntilDead {
                let report = try await context.die()
                try expect(report.struck.isEmpty && report.deadSuspects.isEmpty, "no strike after \(deaths) deaths")
                holder = try await context.worker("mail")
                guard let next = try await context.claimSuspect(holder) else {
                    throw ConformanceFailure(description: "expected: a suspect after \(deaths) deaths")
                }
                suspect = next
                try expect(suspect.isFinished, "finished")
                try expect(suspect.failedAttempts, is: 0, "failed attempts")
            }
            _ = try await context.settle(suspect, .handled(duration: .zero), holder)
            try expect(try await context.inspection.handledPairs().count, is: 1, "handled pairs")
            try expect(try await context.inspection.deadLetters().isEmpty, "no dead letter")
        },
        Check("a worker that was rescued or lost its claim can finish nothing") { context in
            let worker = try await context.worker("mail")
            let retry = try await context.claimedSingly(by: worker)
            try await context.die()
            try expect(try await context.finish(retry, worker), is: .isLost, "after a rescue")
            let other = try await context.worker("mail")
            let again = try one(try await context.claimTransactional(other), "claimed retries")
            try expect(try await context.finish(retry, worker), is: .isLost, "while another holds it")
            _ = try await context.queue.releaseUnknownClaims(of: other, known: HeldClaims())
            try expect(try await context.finish(again, other), is: .isLost, "after its release")
        },
        Check("a dead letter that is replayed finishes once more only where it had not finished") { context in
            let worker = try await context.worker("mail")
            let retry = try await context.claimedSingly(by: worker)
            _ = try await context.settle(retry, .dead(reason: .permanent, failure: failure()), worker)
            try await context.inspection.replay(retry.key)
            let again = try one(try await context.claimTransactional(worker), "claimed retries")
            try expect(!again.isFinished, "not finished")
            try expect(try await context.finish(again, worker), is: .isFinished, "after the replay")
        },
        Check("what is no receipt is refused") { context in
            for text in ["", "17", String(repeating: "g", count: 40), String(repeating: "0", count: 32)] {
                try expect(try await context.inspection.finish(text), is: .isNoReceipt, "'\(text)'")
            }
        },
    ]
}
