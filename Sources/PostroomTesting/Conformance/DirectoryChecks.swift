import PostroomCore

extension QueueConformance {
    static let directory = [
        Check("a worker's handlers are in the directory, with their patterns") { scene in
            let patterns = [EventPattern.events(from: .wacht, matching: "user.*"), EventPattern.everything]
            let registration = WorkerRegistration(label: "test", handlers: [(name: "crm", patterns: patterns)])
            _ = try await scene.queue.register(registration)
            let entry = try one(try await scene.queue.directory().entries, "entries")
            try expect(entry.name, is: "crm", "name")
            try expect(entry.patterns, is: patterns, "patterns")
            try expect(!entry.isPaused, "not paused")
        },
        Check("registering the same handlers again changes nothing, other ones raise the version") { scene in
            _ = try await scene.worker("mail")
            let first = try await scene.queue.directory()
            _ = try await scene.worker("mail")
            let second = try await scene.queue.directory()
            try expect(second.version, is: first.version, "version")
            try expect(second.entries, is: first.entries, "entries")
            let worker = try await scene.worker("mail", "crm")
            let third = try await scene.queue.directory()
            try expect(third.version > second.version, "a newer version")
            try expect(third.entries.map(\.name).sorted(), is: ["crm", "mail"], "names")
            try expect(try await scene.queue.heartbeat(worker), is: third.version, "version of the heartbeat")
        },
        Check("a delivery that came before a handler was recorded is not for it") { scene in
            let worker = try await scene.worker("mail")
            try await scene.post(["a"])
            // Times are whole microseconds: let one pass.
            try await Task.sleep(for: .milliseconds(2))
            _ = try await scene.worker("crm")
            try await Task.sleep(for: .milliseconds(2))
            try await scene.post(["b"])
            let deliveries = try await scene.claimAll(worker).flatMap(\.deliveries)
            let entries = try await scene.queue.directory().entries
            let crm = try one(entries.filter { $0.name == "crm" }, "entries of crm")
            let wanted = deliveries.filter { crm.wants($0) }.map(\.idempotencyKey)
            try expect(wanted, is: ["b"], "deliveries for the new handler")
        },
        Check("a settlement by an old directory is refused, keeps its batch, and is accepted by the new one") { scene in
            let worker = try await scene.worker("mail")
            let old = try await scene.version()
            try await scene.post(["a"])
            let batch = try one(try await scene.claimAll(worker), "batches")
            _ = try await scene.worker("crm")
            let refused = try await scene.settle([batch.settled("mail")], version: old, by: worker)
            try expect(refused.directoryIsStale, "stale")
            try expect(try await scene.inspection.handledPairs().isEmpty, "nothing recorded")
            try expect(try await scene.inspection.batches().map(\.holder), is: [worker], "holder")
            let accepted = try await scene.settle([batch.settled("mail")], by: worker)
            try expect(!accepted.directoryIsStale, "not stale")
            try expect(accepted.lostBatches.isEmpty, "nothing lost")
            try expect(try await scene.inspection.batches().isEmpty, "no batch left")
        },
        Check("a retry is settled also by an old directory") { scene in
            let worker = try await scene.worker("mail")
            let old = try await scene.version()
            let key = try await scene.leave(.running, by: worker)
            _ = try await scene.worker("crm")
            let retry = RetrySettlement(key: key, outcome: .handled(duration: .zero))
            let result = try await scene.settle(retries: [retry], version: old, by: worker)
            try expect(result.lostRetries.isEmpty, "nothing lost")
            try expect(try await scene.inspection.retries().isEmpty, "no retry left")
        },
        Check("a paused handler's retries wait until it is resumed") { scene in
            let worker = try await scene.worker("mail")
            _ = try await scene.leave(.owed(dueIn: .zero, failure: nil), by: worker)
            let before = try await scene.version()
            try await scene.inspection.pause("mail")
            let paused = try await scene.queue.directory()
            try expect(paused.version > before, "a newer version")
            try expect(paused.entries.map(\.isPaused), is: [true], "paused")
            try expect(try await scene.claimRetries("mail", worker).isEmpty, "nothing while it is paused")
            try await scene.inspection.resume("mail")
            try expect(try await scene.version() > paused.version, "a newer version again")
            try expect(try await scene.claimRetries("mail", worker).count, is: 1, "claimed retries")
        },
    ]
}
