import PostroomCore

extension QueueConformance {
    static let claims = [
        Check("a batch is claimed once") { scene in
            let workers = [try await scene.worker("mail"), try await scene.worker("mail")]
            for number in 0..<40 {
                try await scene.post(["\(number)"])
            }
            let claimed = try await withThrowingTaskGroup(of: [ClaimedBatch].self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await scene.claim(workers[number % 2], ClaimRequest(deliveries: 7, batches: 7))
                    }
                }
                return try await group.reduce(into: [ClaimedBatch]()) { $0 += $1 }
            }
            try expect(Set(claimed.map(\.key)).count, is: claimed.count, "batches claimed, each once")
            let rest = try await scene.claimAll(workers[0])
            try expect(Set((claimed + rest).map(\.key)).count, is: 40, "batches in all")
        },
        Check("a claim takes no more than it asks for, but the last batch whole") { scene in
            let worker = try await scene.worker("mail")
            for number in 0..<4 {
                try await scene.post((0..<3).map { "\(number)-\($0)" })
            }
            let none = try await scene.claim(worker, .nothing)
            try expect(none.isEmpty, "nothing for a claim of nothing")
            let few = try await scene.claim(worker, ClaimRequest(deliveries: 1, batches: 10))
            try expect(few.flatMap(\.deliveries).count <= 3, "at most the batch that exceeds the limit")
            let one = try await scene.claim(worker, ClaimRequest(deliveries: 100, batches: 1))
            try expect(one.count <= 1, "at most one batch")
            let rest = try await scene.claimAll(worker)
            try expect((few + one + rest).flatMap(\.deliveries).count, is: 12, "deliveries in all")
        },
        Check("a claim takes no more bytes than it asks for, but the last batch whole") { scene in
            let worker = try await scene.worker("mail")
            for number in 0..<4 {
                try await scene.post((0..<3).map { "\(number)-\($0)" })
            }
            let none = try await scene.claim(worker, ClaimRequest(deliveries: 100, batches: 100, bytes: 0))
            try expect(none.isEmpty, "nothing where there is no room")
            let few = try await scene.claim(worker, ClaimRequest(deliveries: 100, batches: 100, bytes: 1))
            try expect(few.count <= 1, "at most the batch that exceeds the room")
            let rest = try await scene.claimAll(worker)
            try expect((few + rest).flatMap(\.deliveries).count, is: 12, "deliveries in all")
        },
        Check("deliveries come in the order of their ordinals") { scene in
            let worker = try await scene.worker("mail")
            try await scene.post((0..<50).map { "\($0)" })
            for batch in try await scene.claimAll(worker) {
                let ordinals = batch.deliveries.map(\.id.ordinal)
                try expect(ordinals, is: ordinals.sorted(), "ordinals")
                try expect(batch.deliveries.allSatisfy { $0.id.batch == batch.key.id }, "deliveries of their batch")
                try expect(batch.deliveries.allSatisfy { $0.receivedAt == batch.receivedAt }, "one time of receipt")
            }
        },
        Check("a settlement and a claim go together") { scene in
            let worker = try await scene.worker("mail")
            try await scene.post(["a"])
            let first = try await scene.claimAll(worker)
            try await scene.post(["b"])
            let settlement = Settlement(
                batches: first.map { $0.settled("mail") },
                directoryVersion: try await scene.version()
            )
            let (result, next) = try await scene.queue.settle(settlement, thenClaim: Scene.everything, for: worker)
            try expect(result.lostBatches.isEmpty, "nothing lost")
            let rest = try await scene.claimAll(worker)
            try expect((next + rest).flatMap(\.deliveries).map(\.idempotencyKey), is: ["b"], "keys claimed")
        },
        Check("claims that nobody knows of are given back, known ones stay") { scene in
            let worker = try await scene.worker("mail")
            try await scene.post(["a"])
            let known = try await scene.claimAll(worker)
            try await scene.post(["b"])
            let unknown = try await scene.claimAll(worker)
            let held = HeldClaims(batches: Set(known.map(\.key)))
            let count = try await scene.queue.releaseUnknownClaims(of: worker, known: held)
            try expect(count, is: 1, "claims given back")
            let other = try await scene.worker("mail")
            try expect(try await scene.claimAll(other).map(\.key), is: unknown.map(\.key), "claimed by the other")
            let version = try await scene.version()
            let result = try await scene.settle(
                (known + unknown).map { $0.settled("mail") },
                version: version,
                by: worker
            )
            try expect(result.lostBatches, is: unknown.map(\.key), "lost batches")
        },
        Check("retries that nobody knows of are given back, known ones stay") { scene in
            let worker = try await scene.worker("mail", "audit")
            let key = try await scene.leave(.running, by: worker)
            let held = HeldClaims(retries: [key])
            try expect(try await scene.queue.releaseUnknownClaims(of: worker, known: held), is: 0, "given back")
            let count = try await scene.queue.releaseUnknownClaims(of: worker, known: HeldClaims())
            try expect(count, is: 1, "given back")
            try expect(try await scene.claimRetries("mail", worker).map(\.key), is: [key], "claimed again")
        },
    ]
}
