import PostroomCore

extension QueueConformance {
    static let renames = [
        Check("a handler that is registered with a former name has its pause, its time, its jobs and its dead letters")
        {
            context in
            let first = try await context.worker("mail")
            let letter = try await context.leave(.dead(reason: .permanent, failure: failure()), by: first)
            let before = try one(try await context.queue.directory().entries, "entries")
            let owed = try await context.leaveAnother(.owed(dueIn: .zero, failure: failure()), by: first)
            try await context.inspection.pause("mail")
            _ = try await context.worker("post", formerly: "mail")
            try await context.inspection.moveRenamed()
            let entry = try one(try await context.queue.directory().entries, "entries")
            try expect(entry.name, is: "post", "name")
            try expect(entry.formerNames, is: ["mail"], "former names")
            try expect(entry.originalName, is: "mail", "original name")
            try expect(entry.recordedAt, is: before.recordedAt, "time of its record")
            try expect(entry.isPaused, "paused")
            let retry = try one(try await context.inspection.retries(), "retries")
            try expect(retry.key, is: RetryKey(delivery: owed.delivery, handler: "post"), "key of the retry")
            try expect(retry.failedAttempts, is: 1, "failed attempts")
            let dead = try one(try await context.inspection.deadLetters(), "dead letters")
            try expect(dead.key, is: RetryKey(delivery: letter.delivery, handler: "post"), "key of the letter")
        },
        Check("a worker that registers a former name changes nothing, and claims for the handler's name of today") {
            context in
            let first = try await context.worker("mail")
            _ = try await context.leave(.owed(dueIn: .zero, failure: nil), by: first)
            _ = try await context.worker("post", formerly: "mail")
            try await context.inspection.moveRenamed()
            let renamed = try await context.queue.directory()
            let old = try await context.worker("mail")
            let now = try await context.queue.directory()
            try expect(now.version, is: renamed.version, "version")
            try expect(now.entries, is: renamed.entries, "entries")
            try expect(try await context.claimRetries("mail", old).isEmpty, "nothing under the former name")
            try expect(try await context.claimRetries("post", old).count, is: 1, "claimed retries")
        },
        Check("a job that runs at the rename is settled under the former name, and owed under the new one") { context in
            let worker = try await context.worker("mail")
            let key = try await context.leave(.running, by: worker)
            try await context.inspection.rename("mail", to: "post")
            try await context.inspection.moveRenamed()
            let failed = RetrySettlement(key: key, outcome: .owed(dueIn: .zero, failure: failure()))
            let result = try await context.settle(retries: [failed], by: worker)
            try expect(result.lostRetries.isEmpty, "nothing lost")
            try await context.inspection.moveRenamed()
            let claimed = try one(try await context.claimRetries("post", worker), "claimed retries")
            try expect(claimed.key, is: RetryKey(delivery: key.delivery, handler: "post"), "key")
            try expect(claimed.failedAttempts, is: 1, "failed attempts")
        },
        Check("a settlement that was made before the rename is refused") { context in
            let worker = try await context.worker("mail")
            let old = try await context.version()
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            try await context.inspection.rename("mail", to: "post")
            let refused = try await context.settle([batch.settled("mail")], version: old, by: worker)
            try expect(refused.directoryIsStale, "stale")
            try expect(try await context.inspection.handledPairs().isEmpty, "nothing recorded")
        },
        Check("a name that another handler has is not taken, and a second worker renames nothing") { context in
            _ = try await context.worker("mail", "post")
            let before = try await context.queue.directory()
            _ = try await context.worker("post", formerly: "mail")
            try expect(try await context.queue.directory().entries, is: before.entries, "entries")
            _ = try await context.worker("letters", formerly: "post")
            let renamed = try await context.queue.directory()
            _ = try await context.worker("letters", formerly: "post")
            try expect(try await context.queue.directory().entries, is: renamed.entries, "entries")
        },
        Check("a handler gets its former name back, and one that had two names keeps both") { context in
            let worker = try await context.worker("mail")
            _ = try await context.leave(.owed(dueIn: .zero, failure: nil), by: worker)
            try await context.inspection.rename("mail", to: "post")
            try await context.inspection.rename("post", to: "letters")
            try await context.inspection.moveRenamed()
            let entry = try one(try await context.queue.directory().entries, "entries")
            try expect(entry.formerNames, is: ["mail", "post"], "former names")
            try await context.inspection.rename("letters", to: "mail")
            try await context.inspection.moveRenamed()
            let back = try one(try await context.queue.directory().entries, "entries")
            try expect(back.name, is: "mail", "name")
            try expect(back.originalName, is: "mail", "original name")
            try expect(back.formerNames, is: ["letters", "post"], "former names")
            try expect(try await context.claimRetries("mail", worker).count, is: 1, "claimed retries")
        },
    ]
}

extension ConformanceContext {
    /// Makes a worker known that has a handler by a new name.
    func worker(_ handler: HandlerName, formerly former: HandlerName) async throws -> WorkerID {
        try await queue.register(
            WorkerRegistration(
                label: "renaming",
                handlers: [(name: handler, patterns: [.everything])],
                renamings: [(former: former, name: handler)]
            )
        )
    }

    /// Commits another delivery than ``leave(_:_:by:)``, and leaves its job with that outcome.
    func leaveAnother(_ outcome: JobOutcome, by worker: WorkerID) async throws -> RetryKey {
        try await post(["another"])
        let batch = try one(try await claimAll(worker), "claimed batches")
        _ = try await settle([batch.settled("mail", outcome)], by: worker)
        return RetryKey(delivery: batch.deliveries[0].id, handler: "mail")
    }
}
