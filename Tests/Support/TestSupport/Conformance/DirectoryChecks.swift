import PostroomCore

extension QueueConformance {
    static let directory = [
        Check("a worker's handlers are in the directory, with their patterns") { context in
            let patterns = [EventPattern.events(from: .wacht, matching: "user.*"), EventPattern.everything]
            let registration = WorkerRegistration(label: "test", handlers: [(name: "crm", patterns: patterns)])
            _ = try await context.queue.register(registration)
            let entry = try one(try await context.queue.directory().entries, "entries")
            try expect(entry.name, is: "crm", "name")
            try expect(entry.patterns, is: patterns, "patterns")
            try expect(!entry.isPaused, "not paused")
        },
        Check("registering the same handlers again changes nothing, other ones raise the version") { context in
            _ = try await context.worker("mail")
            let first = try await context.queue.directory()
            _ = try await context.worker("mail")
            let second = try await context.queue.directory()
            try expect(second.version, is: first.version, "version")
            try expect(second.entries, is: first.entries, "entries")
            let worker = try await context.worker("mail", "crm")
            let third = try await context.queue.directory()
            try expect(third.version > second.version, "a newer version")
            try expect(third.entries.map(\.name).sorted(), is: ["crm", "mail"], "names")
            try expect(try await context.queue.heartbeat(worker), is: third.version, "version of the heartbeat")
        },
        Check("a delivery that came before a handler was recorded is not for it") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            // Times are whole microseconds: let one pass.
            try await Task.sleep(for: .milliseconds(2))
            _ = try await context.worker("crm")
            try await Task.sleep(for: .milliseconds(2))
            try await context.post(["b"])
            let deliveries = try await context.claimAll(worker).flatMap(\.deliveries)
            let entries = try await context.queue.directory().entries
            let crm = try one(entries.filter { $0.name == "crm" }, "entries of crm")
            let wanted = deliveries.filter { crm.wants($0) }.map(\.idempotencyKey)
            try expect(wanted, is: ["b"], "deliveries for the new handler")
        },
        Check("a settlement by an old directory is refused, keeps its batch, and is accepted by the new one") {
            context in
            let worker = try await context.worker("mail")
            let old = try await context.version()
            try await context.post(["a"])
            let batch = try one(try await context.claimAll(worker), "batches")
            _ = try await context.worker("crm")
            let refused = try await context.settle([batch.settled("mail")], version: old, by: worker)
            try expect(refused.directoryIsStale, "stale")
            try expect(try await context.inspection.handledPairs().isEmpty, "nothing recorded")
            try expect(try await context.inspection.batches().map(\.holder), is: [worker], "holder")
            let accepted = try await context.settle([batch.settled("mail")], by: worker)
            try expect(!accepted.directoryIsStale, "not stale")
            try expect(accepted.lostBatches.isEmpty, "nothing lost")
            try expect(try await context.inspection.batches().isEmpty, "no batch left")
        },
        Check("a retry is settled also by an old directory") { context in
            let worker = try await context.worker("mail")
            let old = try await context.version()
            let key = try await context.leave(.running, by: worker)
            _ = try await context.worker("crm")
            let retry = RetrySettlement(key: key, outcome: .handled(duration: .zero))
            let result = try await context.settle(retries: [retry], version: old, by: worker)
            try expect(result.lostRetries.isEmpty, "nothing lost")
            try expect(try await context.inspection.retries().isEmpty, "no retry left")
        },
        Check("a paused handler's retries wait until it is resumed") { context in
            let worker = try await context.worker("mail")
            _ = try await context.leave(.owed(dueIn: .zero, failure: nil), by: worker)
            let before = try await context.version()
            try await context.inspection.pause("mail")
            let paused = try await context.queue.directory()
            try expect(paused.version > before, "a newer version")
            try expect(paused.entries.map(\.isPaused), is: [true], "paused")
            try expect(try await context.claimRetries("mail", worker).isEmpty, "nothing while it is paused")
            try await context.inspection.resume("mail")
            try expect(try await context.version() > paused.version, "a newer version again")
            try expect(try await context.claimRetries("mail", worker).count, is: 1, "claimed retries")
        },
    ]
}
