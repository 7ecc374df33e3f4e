import PostroomCore

extension ConformanceContext {
    /// Lets whoever holds something die uncleanly: silent for longer than the lease, and rescued.
    @discardableResult
    func die() async throws -> RescueReport {
        try await inspection.letTimePass(.seconds(20))
        return try await queue.rescue(silentFor: .seconds(15))
    }

    /// Commits deliveries and has two workers die with them; a third worker then writes their pairs to the inbox.
    ///
    /// - Returns: A fourth worker, and the suspects.
    func suspects(_ keys: [String]) async throws -> (worker: WorkerID, pairs: Set<RetryKey>) {
        try await post(keys)
        for _ in 0..<CrashRules.deathsUntilSuspect {
            _ = try await claimAll(try await worker("mail"))
            try await die()
        }
        let third = try await worker("mail")
        let batches = try await claimAll(third)
        _ = try await settle(batches.map { $0.settled("mail", .owed(dueIn: .zero, failure: nil)) }, by: third)
        let pairs = batches.flatMap { batch in
            batch.deliveries.map { RetryKey(delivery: $0.id, handler: "mail") }
        }
        return (third, Set(pairs))
    }

    func claimSuspect(_ worker: WorkerID) async throws -> ClaimedRetry? {
        try await queue.claimSuspect(of: ["mail"], for: worker)
    }
}

extension QueueConformance {
    static let crashes = [
        Check("a batch counts the workers that died with it, and not those that ended cleanly") { context in
            try await context.post(["a"])
            let clean = try await context.worker("mail")
            try expect(try await context.claimAll(clean).map(\.deaths), is: [0], "deaths at first")
            try await context.queue.deregister(clean)
            for deaths in 0..<2 {
                let batch = try one(try await context.claimAll(try await context.worker("mail")), "claimed batches")
                try expect(batch.deaths, is: deaths, "deaths")
                try expect(!batch.isSuspect, "no suspect yet")
                try await context.die()
            }
            let batch = try one(try await context.claimAll(try await context.worker("mail")), "claimed batches")
            try expect(batch.isSuspect, "a suspect after two deaths")
        },
        Check("what a suspect batch owes is claimed one by one, as suspects only") { context in
            let (worker, pairs) = try await context.suspects(["a", "b"])
            try expect(try await context.claimRetries("mail", worker).isEmpty, "no ordinary retries")
            try expect(
                try await context.queue.claimSuspect(of: ["crm"], for: worker) == nil,
                "none of another handler"
            )
            var seen: Set<RetryKey> = []
            while let suspect = try await context.claimSuspect(worker) {
                try expect(suspect.failedAttempts, is: 0, "failed attempts")
                seen.insert(suspect.key)
                _ = try await context.settle(
                    retries: [RetrySettlement(key: suspect.key, outcome: .handled(duration: .zero))],
                    by: worker
                )
            }
            try expect(seen, is: pairs, "suspects")
            try expect(try await context.inspection.retries().isEmpty, "nothing is owed any more")
        },
        Check(
            "the suspect that runs when its worker dies gets a strike, and is dead after two; the others lose nothing"
        ) {
            context in
            let (_, pairs) = try await context.suspects(["a", "b", "c"])
            let first = try await context.claimSuspect(try await context.worker("mail"))
            guard let first else { throw ConformanceFailure(description: "expected: a suspect") }
            let strike = try await context.die()
            try expect(strike.struck, is: [first.key], "struck")
            try expect(strike.deadSuspects.isEmpty, "no suspect is dead yet")
            try expect(strike.retries, is: 1, "retries claimable again")
            let failed = try await context.inspection.retries().filter { $0.failedAttempts > 0 }
            try expect(failed.map(\.key), is: [first.key], "pairs with a failed attempt")
            // It waits longest, so that it comes first again.
            let again = try await context.claimSuspect(try await context.worker("mail"))
            try expect(again?.key, is: first.key, "the suspect")
            try expect(again?.failedAttempts, is: 1, "failed attempts")
            let last = try await context.die()
            try expect(last.deadSuspects, is: [first.key], "dead suspects")
            try expect(last.struck.isEmpty, "nobody else is struck")
            let letter = try one(try await context.inspection.deadLetters(), "dead letters")
            try expect(letter.key, is: first.key, "dead letter")
            try expect(letter.reason, is: .crash, "reason")
            try expect(letter.failedAttempts, is: 2, "failed attempts")
            let rest = try await context.inspection.retries()
            try expect(Set(rest.map(\.key)), is: pairs.subtracting([first.key]), "the others")
            try expect(rest.allSatisfy { $0.failedAttempts == 0 }, "the others lost no attempt")
        },
        Check("a worker that ends cleanly leaves no strike at the suspect it ran") { context in
            let (worker, _) = try await context.suspects(["a"])
            _ = try await context.claimSuspect(worker)
            try await context.queue.deregister(worker)
            let suspect = try await context.claimSuspect(try await context.worker("mail"))
            try expect(suspect?.failedAttempts, is: 0, "failed attempts")
        },
        Check("a claim of a suspect whose reply was lost is given back without a strike") { context in
            let (worker, _) = try await context.suspects(["a"])
            _ = try await context.claimSuspect(worker)
            _ = try await context.queue.releaseUnknownClaims(of: worker, known: HeldClaims())
            try await context.die()
            let suspect = try await context.claimSuspect(try await context.worker("mail"))
            try expect(suspect?.failedAttempts, is: 0, "failed attempts")
        },
        Check("a suspect whose attempt came to an end is none any longer") { context in
            let (worker, _) = try await context.suspects(["a"])
            let suspect = try await context.claimSuspect(worker)
            guard let suspect else { throw ConformanceFailure(description: "expected: a suspect") }
            let failed = RetrySettlement(key: suspect.key, outcome: .owed(dueIn: .zero, failure: failure()))
            _ = try await context.settle(retries: [failed], by: worker)
            try expect(try await context.claimSuspect(worker) == nil, "no suspect")
            try expect(try await context.claimRetries("mail", worker).count, is: 1, "ordinary retries")
        },
        Check("a retry that two workers died with is a suspect; one that was tried in between is none") { context in
            let key = try await context.leave(.running, by: try await context.worker("mail"))
            try await context.die()
            let second = try await context.worker("mail")
            try expect(try await context.claimRetries("mail", second).map(\.key), is: [key], "after one death")
            try await context.die()
            let third = try await context.worker("mail")
            try expect(try await context.claimRetries("mail", third).isEmpty, "no ordinary retry after two deaths")
            try expect(try await context.claimSuspect(third)?.key, is: key, "the suspect")
        },
        Check("a paused handler's suspects wait") { context in
            let (worker, _) = try await context.suspects(["a"])
            try await context.inspection.pause("mail")
            try expect(try await context.claimSuspect(worker) == nil, "none while it is paused")
            try await context.inspection.resume("mail")
            try expect(try await context.claimSuspect(worker) != nil, "one afterwards")
        },
    ]
}
