import PostroomCore

extension QueueConformance {
    static let limits = [
        Check("workers share a limit as they come and go, and never have more than it together") { context in
            let first = try await context.worker("mail")
            try expect(try await context.share(first), is: 5, "slots of the only worker")
            let second = try await context.worker("mail")
            try expect(try await context.share(second), is: 0, "slots of the second, while the first has all")
            let kept = try await context.queue.adjustShares([need(kept: 4)], of: first)
            try expect(
                kept.shares,
                is: [HandlerShare(handler: "mail", slots: 4, target: 3)],
                "share of the first, which keeps four"
            )
            try expect(try await context.share(second), is: 1, "slots of the second")
            try expect(try await context.share(first), is: 3, "slots of the first, which keeps none")
            try expect(try await context.share(second), is: 2, "slots of the second")
            try await context.queue.deregister(first)
            try expect(try await context.share(second), is: 5, "slots of the second, alone")
        },
        Check("the share of a worker that is rescued goes to the others, and it has none any more") { context in
            let silent = try await context.worker("mail")
            try expect(try await context.share(silent), is: 5, "slots")
            try await context.inspection.letTimePass(.seconds(20))
            let other = try await context.worker("mail")
            try await context.queue.rescue(silentFor: .seconds(15))
            try expect(try await context.share(other), is: 5, "slots of the other")
            let gone = try await context.queue.adjustShares([need(kept: 5)], of: silent)
            try expect(gone.shares.isEmpty, "no share without a row")
            try expect(try await context.share(other), is: 5, "slots of the other")
        },
        Check("only workers that have the handler count for its shares") { context in
            let worker = try await context.worker("mail")
            _ = try await context.worker("audit")
            try expect(try await context.share(worker), is: 5, "slots")
            let state = try await context.queue.adjustShares([], of: worker)
            try expect(state, is: LimitState(shares: [], heldBack: [:]), "state")
        },
        Check("cells of a rate are taken for jobs that are due, and come back one by one") { context in
            let worker = try await context.worker("mail")
            let rate = AttemptRate.perHour(100)
            let cells = CellRate(rate)
            try expect(try await context.cells(rate) == nil, "no lot without a job")
            try await context.owe(5, by: worker)
            let lot = try await context.cells(rate)
            try expect(lot?.count, is: cells.burst, "cells at first")
            try expect(lot.map { $0.wait > .zero && $0.wait <= cells.interval } ?? false, "a wait for the next one")
            try expect(try await context.cells(rate)?.count, is: 0, "cells at once")
            try await context.inspection.letTimePass(cells.interval)
            try expect(try await context.cells(rate)?.count, is: 1, "cells after an interval")
            try await context.inspection.letTimePass(cells.interval * 100)
            try expect(try await context.cells(rate, most: 1)?.count, is: 1, "cells, where one is asked for")
            try expect(try await context.cells(rate)?.count, is: cells.burst - 1, "cells that were left")
        },
        Check("no more cells are taken than jobs are due") { context in
            let worker = try await context.worker("mail")
            try await context.owe(1, by: worker)
            let rate = AttemptRate.perSecond(1000)
            try expect(try await context.cells(rate)?.count, is: 1, "cells")
            _ = try await context.claimRetries("mail", worker)
            try expect(try await context.cells(rate) == nil, "no lot while the job is held")
        },
        Check("a handler that is busy is claimed by nobody until then, and every worker hears of it") { context in
            let worker = try await context.worker("mail", "audit")
            try await context.owe(2, by: worker)
            try await context.queue.holdBack("mail", for: .seconds(60))
            try await context.queue.holdBack("mail", for: .seconds(30))
            let other = try await context.worker("mail")
            try expect(try await context.claimRetries("mail", other).isEmpty, "nothing is claimed")
            try expect(try await context.cells(.perSecond(10)) == nil, "no cells are taken")
            let heldBack = try await context.queue.adjustShares([], of: other).heldBack
            try expect(heldBack.keys.sorted(), is: ["mail"], "handlers that are held back")
            try expect(heldBack["mail"].map { (.seconds(55)...(.seconds(60))).contains($0) } ?? false, "for a minute")
            try await context.inspection.letTimePass(.seconds(61))
            try expect(try await context.queue.adjustShares([], of: other).heldBack, is: [:], "holds after that")
            let retries = try await context.claimRetries("mail", other)
            try expect(retries.map(\.failedAttempts), is: [0, 0], "failed attempts")
        },
        Check("a suspect of a busy handler waits too") { context in
            let worker = try await context.worker("mail")
            try await context.owe(1, by: worker)
            for _ in 0..<2 {
                let doomed = try await context.worker("mail")
                _ = try one(try await context.claimRetries("mail", doomed), "claimed retries")
                try await context.inspection.letTimePass(.seconds(20))
                _ = try await context.queue.heartbeat(worker)
                try await context.queue.rescue(silentFor: .seconds(15))
            }
            try await context.queue.holdBack("mail", for: .seconds(60))
            try expect(try await context.queue.claimSuspect(of: ["mail"], for: worker) == nil, "no suspect")
            try expect(try await context.cells(.perSecond(10)) == nil, "no cells")
            try await context.inspection.letTimePass(.seconds(61))
            try expect(try await context.cells(.perSecond(10))?.count, is: 1, "cells for the suspect")
            try expect(try await context.queue.claimSuspect(of: ["mail"], for: worker) != nil, "a suspect")
        },
        Check("no more attempts of a key begin at once than it allows, and each that ends lets one go on") { context in
            let worker = try await context.keyedWorker()
            try await context.owe(5, by: worker)
            let retries = try await context.claimRetries("mail", worker)
            let jobs = retries.map { keyed($0, KeyLimits(concurrency: 2)) }
            let decisions = try await context.queue.admit(jobs, for: worker)
            try expect(decisions.values.count { $0.begins }, is: 2, "jobs that begin")
            try expect(decisions.values.count { $0 == .parked }, is: 3, "jobs that are parked")
            try await context.inspection.letTimePass(.seconds(3600))
            try expect(try await context.claimRetries("mail", worker).isEmpty, "nothing is due while two run")
            let begun = jobs.filter { decisions[$0.job]?.begins ?? false }
            let again = try await context.queue.admit(begun, for: worker)
            try expect(again.values.count { $0.begins }, is: 2, "jobs that begin where the reply was lost")
            let freed = try await context.queue.freeKeys(of: [begun[0]], for: worker)
            try expect(freed, is: 1, "jobs that go on")
            try expect(try await context.queue.freeKeys(of: [begun[0]], for: worker), is: 0, "jobs that go on twice")
            let next = try one(try await context.claimRetries("mail", worker), "claimed retries")
            try expect(next.failedAttempts, is: 0, "failed attempts")
            let third = try await context.queue.admit([keyed(next, KeyLimits(concurrency: 2))], for: worker)
            try expect(third.values.allSatisfy { $0.begins }, "the next one begins")
        },
        Check("a key does not wait for another one, and a key that may run more lets more go on") { context in
            let worker = try await context.keyedWorker()
            try await context.owe(6, by: worker)
            let retries = try await context.claimRetries("mail", worker)
            let one = KeyLimits(concurrency: 1)
            let jobs = retries.enumerated().map { keyed($1, one, key: "\($0 % 2)") }
            let decisions = try await context.queue.admit(jobs, for: worker)
            let begun = jobs.filter { decisions[$0.job]?.begins ?? false }
            try expect(Set(begun.map(\.key)), is: ["0", "1"], "keys that begin")
            let first = begun.filter { $0.key == "0" }
            try expect(try await context.queue.freeKeys(of: first, for: worker), is: 1, "jobs that go on")
            let wider = try await context.claimRetries("mail", worker)
                .map { keyed($0, KeyLimits(concurrency: 3), key: "0") }
            _ = try await context.queue.admit(wider, for: worker)
            try expect(try await context.claimRetries("mail", worker).count, is: 1, "jobs that go on beside it")
        },
        Check("the slots of a worker that is gone are freed, and of one that does not know of them") { context in
            let gone = try await context.keyedWorker()
            try await context.owe(3, by: gone)
            let limits = KeyLimits(concurrency: 1)
            let jobs = try await context.claimRetries("mail", gone).map { keyed($0, limits) }
            _ = try await context.queue.admit(jobs, for: gone)
            let worker = try await context.keyedWorker()
            try expect(try await context.queue.sweepKeys(of: worker, known: []), is: 0, "jobs while it lives")
            try await context.queue.deregister(gone)
            try expect(try await context.queue.sweepKeys(of: worker, known: []) > 0, "a job goes on")
            let due = try await context.claimRetries("mail", worker).map { keyed($0, limits) }
            let decisions = try await context.queue.admit(due, for: worker)
            try expect(decisions.values.count { $0.begins }, is: 1, "jobs that begin")
            let begun = due.filter { decisions[$0.job]?.begins ?? false }
            try await context.inspection.letTimePass(.seconds(11))
            _ = try await context.queue.heartbeat(worker)
            try expect(
                try await context.queue.sweepKeys(of: worker, known: begun.map(\.job)),
                is: 0,
                "while it is known"
            )
            try expect(try await context.queue.sweepKeys(of: worker, known: []) > 0, "once it is not")
        },
        Check("a parked job goes on although the one before it never ran") { context in
            let worker = try await context.keyedWorker()
            try await context.owe(3, by: worker)
            let limits = KeyLimits(concurrency: 1)
            let jobs = try await context.claimRetries("mail", worker).map { keyed($0, limits) }
            let decisions = try await context.queue.admit(jobs, for: worker)
            let begun = jobs.filter { decisions[$0.job]?.begins ?? false }
            try await context.queue.freeKeys(of: begun, for: worker)
            let next = try one(try await context.claimRetries("mail", worker), "claimed retries")
            let dead = RetrySettlement(key: next.key, outcome: .dead(reason: .undecodable, failure: failure()))
            _ = try await context.settle(retries: [dead], by: worker)
            try expect(try await context.claimRetries("mail", worker).isEmpty, "the last one is parked")
            try await context.queue.sweepKeys(of: worker, known: [])
            try expect(try await context.claimRetries("mail", worker).count, is: 1, "claimed retries")
        },
        Check("a key's slot is the handler's, whatever its name is") { context in
            let worker = try await context.keyedWorker()
            try await context.owe(2, by: worker)
            let limits = KeyLimits(concurrency: 1)
            let first = try one(
                try await context.queue.claimRetries([RetryClaim(handler: "mail", limit: 1)], for: worker),
                "claimed retries"
            )
            let running = try await context.queue.admit([keyed(first, limits)], for: worker)
            try expect(running.values.count { $0.begins }, is: 1, "jobs that begin")
            try await context.inspection.rename("mail", to: "post")
            try await context.inspection.moveRenamed()
            let second = try one(try await context.claimRetries("post", worker), "claimed retries")
            let decisions = try await context.queue.admit([keyed(second, limits)], for: worker)
            try expect(Array(decisions.values), is: [.parked], "while the first one runs under the former name")
            try expect(
                try await context.queue.freeKeys(of: [keyed(first, limits)], for: worker),
                is: 1,
                "jobs that go on"
            )
            let next = try one(try await context.claimRetries("post", worker), "claimed retries")
            let begins = try await context.queue.admit([keyed(next, limits)], for: worker)
            try expect(begins.values.count { $0.begins }, is: 1, "jobs that begin after it")
        },
        Check("a program that has a handler's former name holds the handler back, and hears of it") { context in
            let worker = try await context.worker("mail")
            try await context.owe(1, by: worker)
            try await context.inspection.rename("mail", to: "post")
            try await context.inspection.moveRenamed()
            try await context.queue.holdBack("mail", for: .seconds(60))
            try expect(try await context.claimRetries("post", worker).isEmpty, "nothing is claimed")
            let heldBack = try await context.queue.adjustShares([], of: worker).heldBack
            try expect(heldBack.keys.sorted(), is: ["mail", "post"], "names that are held back")
        },
        Check("jobs beyond a key's rate are owed again for cells that are reserved for them, one after the other") {
            context in
            let worker = try await context.keyedWorker()
            try await context.owe(4, by: worker)
            let limits = KeyLimits(rate: .perMinute(5))
            let interval = CellRate(.perMinute(5), isReserved: true).interval
            let jobs = try await context.claimRetries("mail", worker).map { keyed($0, limits) }
            let decisions = try await context.queue.admit(jobs, for: worker)
            try expect(decisions.values.count { $0.begins }, is: 1, "jobs that begin")
            let delays = decisions.values.compactMap(\.delay).sorted()
            try expect(delays.count, is: 3, "jobs that are owed")
            for (number, delay) in delays.enumerated() {
                let expected = interval * (number + 1)
                try expect(delay <= expected && delay > expected - .seconds(5), "a cell each: \(delay)")
            }
            try expect(try await context.claimRetries("mail", worker).isEmpty, "nothing is due at once")
            try await context.inspection.letTimePass(interval)
            let second = try await context.claimRetries("mail", worker).map { keyed($0, limits) }
            try expect(second.count, is: 1, "jobs due")
            let reserved = try await context.queue.admit(second, for: worker)
            try expect(reserved.values.allSatisfy(\.begins), "the reserved cell is used")
            try await context.inspection.letTimePass(interval * 3 / 2)
            let third = try await context.claimRetries("mail", worker).map { keyed($0, limits) }
            let late = try await context.queue.admit(third, for: worker)
            try expect(late.values.compactMap(\.delay).count, is: 1, "jobs that missed their cell and wait for another")
        },
        Check("the limits of a key decide nothing about a job that the worker does not hold") { context in
            let worker = try await context.keyedWorker()
            try await context.owe(1, by: worker)
            let job = keyed(
                try one(try await context.claimRetries("mail", worker), "retries"),
                KeyLimits(concurrency: 1)
            )
            let other = try await context.keyedWorker()
            try expect(try await context.queue.admit([job], for: other), is: [:], "decisions for another worker")
            try expect(try await context.inspection.retries().map(\.holder), is: [worker], "holder")
        },
        Check("the jobs that are parked go on by themselves once their handler has no limits by key any more") {
            context in
            let worker = try await context.keyedWorker()
            try await context.owe(4, by: worker)
            let jobs = try await context.claimRetries("mail", worker).map { keyed($0, KeyLimits(concurrency: 1)) }
            _ = try await context.queue.admit(jobs, for: worker)
            let newer = try await context.worker("mail")
            try expect(try await context.queue.sweepKeys(of: newer, known: []), is: 3, "jobs that go on")
            try expect(try await context.claimRetries("mail", newer).count, is: 3, "claimed retries")
        },
    ]

    private static func keyed(_ retry: ClaimedRetry, _ limits: KeyLimits, key: String = "k") -> KeyedJob {
        KeyedJob(job: retry.key, key: key, limits: limits)
    }

    fileprivate static func need(kept: Int = 0) -> ShareNeed {
        ShareNeed(handler: "mail", limit: 5, kept: kept, most: 64)
    }
}

extension ConformanceContext {
    /// Makes a worker known whose handler's attempts are limited by key.
    fileprivate func keyedWorker() async throws -> WorkerID {
        let limits = HandlerLimits(perKey: KeyLimits(concurrency: 1))
        return try await queue.register(
            WorkerRegistration(label: "test", handlers: [("mail", [.everything])], limits: ["mail": limits])
        )
    }

    /// Adjusts a worker's share of five attempts, of which it keeps none, and returns its slots.
    fileprivate func share(_ worker: WorkerID) async throws -> Int? {
        try await queue.adjustShares([QueueConformance.need()], of: worker).shares.first?.slots
    }

    fileprivate func cells(_ rate: AttemptRate, most: Int = 64) async throws -> CellLot? {
        try await queue.takeCells([CellRequest(handler: "mail", rate: rate, most: most)]).first
    }

    /// Leaves that many jobs owed, due at once.
    fileprivate func owe(_ count: Int, by worker: WorkerID) async throws {
        try await post((0..<count).map { "owed \($0)" })
        let batches = try await claimAll(worker)
        _ = try await settle(batches.map { $0.settled("mail", .owed(dueIn: .zero, failure: nil)) }, by: worker)
    }
}

extension KeyDecision {
    fileprivate var begins: Bool {
        if case .begin = self { true } else { false }
    }

    fileprivate var delay: Duration? {
        if case .owed(let delay) = self { delay } else { nil }
    }
}
