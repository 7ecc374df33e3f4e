import PostroomCore

extension QueueConformance {
    static let workers = [
        Check("an identity is never used again") { context in
            let first = try await context.worker("mail")
            try await context.queue.deregister(first)
            let second = try await context.worker("mail")
            try expect(first != second, "two identities")
        },
        Check("a silent worker is rescued: its claims run elsewhere, and it learns of it") { context in
            let silent = try await context.worker("mail")
            let key = try await context.leave(.running, by: silent)
            try await context.post(["a"])
            let batches = try await context.claimAll(silent)
            try await context.inspection.letTimePass(.seconds(20))
            let worker = try await context.worker("mail")
            let report = try await context.queue.rescue(silentFor: .seconds(15))
            try expect(report, is: RescueReport(workers: [silent], batches: 1, retries: 1), "report")
            try expect(try await context.queue.heartbeat(silent), is: nil, "version for the rescued")
            try expect(try await context.claimAll(worker).map(\.id), is: batches.map(\.id), "batches claimed again")
            let retry = try one(try await context.claimRetries("mail", worker), "retries claimed again")
            try expect(retry.key, is: key, "retry")
            try expect(retry.failedAttempts, is: 0, "failed attempts")
            let late = try await context.settle(batches.map { $0.settled("mail") }, by: silent)
            try expect(late.lostBatches, is: batches.map(\.id), "lost batches")
        },
        Check("a worker whose heart beats is not rescued") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let batches = try await context.claimAll(worker)
            try await context.inspection.letTimePass(.seconds(20))
            try expect(try await context.queue.heartbeat(worker) != nil, "it lives")
            let report = try await context.queue.rescue(silentFor: .seconds(15))
            try expect(report.workers.isEmpty, "nobody rescued")
            let result = try await context.settle(batches.map { $0.settled("mail") }, by: worker)
            try expect(result.lostBatches.isEmpty, "nothing lost")
        },
        Check("a worker that gave a sign of life after it was seen silent is not rescued") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let batches = try await context.claimAll(worker)
            try await context.inspection.letTimePass(.seconds(20))
            let seen = try await context.queue.pulses(overdueAfter: .seconds(15))
            try expect(seen.filter(\.isOverdue).map(\.worker), is: [worker], "overdue")
            _ = try await context.queue.heartbeat(worker)
            try expect(try await context.queue.rescue(seen).workers.isEmpty, "nobody rescued")
            let result = try await context.settle(batches.map { $0.settled("mail") }, by: worker)
            try expect(result.lostBatches.isEmpty, "nothing lost")
        },
        Check("a worker that ends cleanly gives everything back and charges no attempt") { context in
            let worker = try await context.worker("mail")
            _ = try await context.leave(.running, by: worker)
            try await context.post(["a"])
            let batches = try await context.claimAll(worker)
            try await context.queue.deregister(worker)
            let other = try await context.worker("mail")
            try expect(try await context.claimAll(other).map(\.id), is: batches.map(\.id), "batches claimed again")
            let retry = try one(try await context.claimRetries("mail", other), "retries claimed again")
            try expect(retry.failedAttempts, is: 0, "failed attempts")
            try expect(try await context.queue.heartbeat(worker), is: nil, "version for the one that ended")
        },
        Check("a worker that is gone claims nothing") { context in
            let worker = try await context.worker("mail")
            _ = try await context.leave(.owed(dueIn: .zero, failure: nil), by: worker)
            try await context.post(["a"])
            try await context.queue.deregister(worker)
            try expect(try await context.claimAll(worker).isEmpty, "no batches")
            try expect(try await context.claimRetries("mail", worker).isEmpty, "no retries")
        },
        Check("a handler that a person pauses or resumes signals") { context in
            _ = try await context.worker("mail")
            let changes = context.queue.directoryChanges()
            for _ in 0..<2 {
                try await expectSignal(from: changes) { _ in
                    try? await context.inspection.pause("mail")
                    try? await context.inspection.resume("mail")
                }
            }
        },
        Check("work that others commit signals") { context in
            try await expectSignal(from: context.queue.wakeUps()) { number in
                _ = try? await context.post(["\(number)"])
            }
        },
    ]

    /// Does something again and again until it signals: a single signal may be missed.
    private static func expectSignal(
        from signals: AsyncStream<Void>,
        doing act: @escaping @Sendable (_ number: Int) async -> Void
    ) async throws {
        let isSignalled = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals {
                    return true
                }
                return false
            }
            group.addTask {
                for number in 0..<100 {
                    await act(number)
                    try? await Task.sleep(for: .milliseconds(50))
                }
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        try expect(isSignalled, "a signal within five seconds")
    }
}
