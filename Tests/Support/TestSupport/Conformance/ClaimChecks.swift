import PostroomCore

extension QueueConformance {
    static let claims = [
        Check("a batch is claimed once") { context in
            let workers = [try await context.worker("mail"), try await context.worker("mail")]
            for number in 0..<40 {
                try await context.post(["\(number)"])
            }
            let claimed = try await withThrowingTaskGroup(of: [ClaimedBatch].self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await context.claim(workers[number % 2], ClaimRequest(deliveries: 7, batches: 7))
                    }
                }
                return try await group.reduce(into: [ClaimedBatch]()) { $0 += $1 }
            }
            try expect(Set(claimed.map(\.id)).count, is: claimed.count, "batches claimed, each once")
            let rest = try await context.claimAll(workers[0])
            try expect(Set((claimed + rest).map(\.id)).count, is: 40, "batches in all")
        },
        Check("a claim takes no more than it asks for, but the last batch whole") { context in
            let worker = try await context.worker("mail")
            for number in 0..<4 {
                try await context.post((0..<3).map { "\(number)-\($0)" })
            }
            let none = try await context.claim(worker, .nothing)
            try expect(none.isEmpty, "nothing for a claim of nothing")
            let few = try await context.claim(worker, ClaimRequest(deliveries: 1, batches: 10))
            try expect(few.flatMap(\.deliveries).count <= 3, "at most the batch that exceeds the limit")
            let one = try await context.claim(worker, ClaimRequest(deliveries: 100, batches: 1))
            try expect(one.count <= 1, "at most one batch")
            let rest = try await context.claimAll(worker)
            try expect((few + one + rest).flatMap(\.deliveries).count, is: 12, "deliveries in all")
        },
        Check("a claim takes no more bytes than it asks for, but the last batch whole") { context in
            let worker = try await context.worker("mail")
            for number in 0..<4 {
                try await context.post((0..<3).map { "\(number)-\($0)" })
            }
            let none = try await context.claim(worker, ClaimRequest(deliveries: 100, batches: 100, bytes: 0))
            try expect(none.isEmpty, "nothing where there is no room")
            let few = try await context.claim(worker, ClaimRequest(deliveries: 100, batches: 100, bytes: 1))
            try expect(few.count <= 1, "at most the batch that exceeds the room")
            let rest = try await context.claimAll(worker)
            try expect((few + rest).flatMap(\.deliveries).count, is: 12, "deliveries in all")
        },
        Check("deliveries come in the order of their ordinals") { context in
            let worker = try await context.worker("mail")
            try await context.post((0..<50).map { "\($0)" })
            for batch in try await context.claimAll(worker) {
                let ordinals = batch.deliveries.map(\.id.ordinal)
                try expect(ordinals, is: ordinals.sorted(), "ordinals")
                try expect(batch.deliveries.allSatisfy { $0.id.batch == batch.id }, "deliveries of their batch")
                try expect(batch.deliveries.allSatisfy { $0.receivedAt == batch.receivedAt }, "one time of receipt")
            }
        },
        Check("a settlement and a claim go together") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let first = try await context.claimAll(worker)
            try await context.post(["b"])
            let settlement = Settlement(
                batches: first.map { $0.settled("mail") },
                directoryVersion: try await context.version()
            )
            let (result, next) = try await context.queue.settle(
                settlement,
                thenClaim: ConformanceContext.everything,
                for: worker
            )
            try expect(result.lostBatches.isEmpty, "nothing lost")
            let rest = try await context.claimAll(worker)
            try expect((next + rest).flatMap(\.deliveries).map(\.idempotencyKey), is: ["b"], "keys claimed")
        },
        Check("claims that nobody knows of are given back, known ones stay") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let known = try await context.claimAll(worker)
            try await context.post(["b"])
            let unknown = try await context.claimAll(worker)
            let held = HeldClaims(batches: Set(known.map(\.id)))
            let count = try await context.queue.releaseUnknownClaims(of: worker, known: held)
            try expect(count, is: 1, "claims given back")
            let other = try await context.worker("mail")
            try expect(try await context.claimAll(other).map(\.id), is: unknown.map(\.id), "claimed by the other")
            let version = try await context.version()
            let result = try await context.settle(
                (known + unknown).map { $0.settled("mail") },
                version: version,
                by: worker
            )
            try expect(result.lostBatches, is: unknown.map(\.id), "lost batches")
        },
        Check("retries that nobody knows of are given back, known ones stay") { context in
            let worker = try await context.worker("mail", "audit")
            let key = try await context.leave(.running, by: worker)
            let held = HeldClaims(retries: [key])
            try expect(try await context.queue.releaseUnknownClaims(of: worker, known: held), is: 0, "given back")
            let count = try await context.queue.releaseUnknownClaims(of: worker, known: HeldClaims())
            try expect(count, is: 1, "given back")
            try expect(try await context.claimRetries("mail", worker).map(\.key), is: [key], "claimed again")
        },
    ]
}
