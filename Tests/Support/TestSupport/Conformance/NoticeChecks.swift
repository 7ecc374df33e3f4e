import PostroomCore

extension ConformanceContext {
    /// Makes dead letters of one handler with that error.
    fileprivate func die(_ keys: [String], _ error: String, by worker: WorkerID) async throws {
        try await post(keys)
        let dead = JobOutcome.dead(reason: .permanent, failure: failure(1, error))
        _ = try await settle(try await claimAll(worker).map { $0.settled("mail", dead) }, by: worker)
    }

    fileprivate func notice(_ worker: WorkerID, of handlers: [HandlerName] = ["mail"]) async throws -> DeadLetterNotice?
    {
        try await queue.claimNotice(of: handlers, for: worker)
    }
}

extension QueueConformance {
    static let notices = [
        Check("the letters of a group in an hour make one notice, which one worker gets") { context in
            let worker = try await context.worker("mail")
            let other = try await context.worker("mail")
            try await context.die(["a", "b", "c"], "no customer 17", by: worker)
            try expect(try await context.notice(worker, of: ["crm"]) == nil, "none of another handler")
            guard let notice = try await context.notice(worker) else {
                throw ConformanceFailure(description: "expected: a notice")
            }
            try expect(notice.group.handler, is: "mail", "handler")
            try expect(notice.group.count, is: 3, "count")
            try expect(notice.group.firstSeen <= notice.group.lastSeen, "times in their order")
            try expect(notice.letter.error, is: "no customer 17", "error")
            try expect(notice.letter.reason, is: .permanent, "reason")
            try expect(["a", "b", "c"].contains(notice.letter.delivery.idempotencyKey), "a delivery of the group")
            try expect(try await context.notice(other) == nil, "nobody else gets it")
            try await context.queue.endNotice(notice, isTold: true, for: worker)
            try await context.die(["d"], "no customer 18", by: worker)
            try expect(try await context.notice(worker) == nil, "it is told once")
            try await context.die(["e"], "another cause", by: worker)
            try expect(try await context.notice(other)?.letter.error, is: "another cause", "another group")
        },
        Check("a notice whose worker is gone is another's, and one that failed is told again, five times at most") {
            context in
            let worker = try await context.worker("mail")
            try await context.die(["a"], "no", by: worker)
            try expect(try await context.notice(worker)?.tries, is: 1, "tries")
            try await context.queue.deregister(worker)
            let other = try await context.worker("mail")
            for number in 2...DeadLetterNotice.mostTries {
                guard let notice = try await context.notice(other) else {
                    throw ConformanceFailure(description: "expected: a notice for try \(number)")
                }
                try expect(notice.tries, is: number, "tries")
                try await context.queue.endNotice(notice, isTold: false, for: other)
                try expect(try await context.notice(other) == nil, "not at once")
                try await context.inspection.letTimePass(.seconds(1000))
                _ = try await context.queue.heartbeat(other)
            }
            try expect(try await context.notice(other) == nil, "no more tries")
        },
        Check("a notice whose letters were discarded is nobody's") { context in
            let worker = try await context.worker("mail")
            try await context.die(["a"], "no", by: worker)
            let letter = try one(try await context.inspection.deadLetters(), "letters")
            try await context.inspection.discard(letter.key)
            try expect(try await context.notice(worker) == nil, "none")
        },
    ]
}
