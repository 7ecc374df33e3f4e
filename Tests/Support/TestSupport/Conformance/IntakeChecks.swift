import PostroomCore

extension QueueConformance {
    static let intake = [
        Check("what is stored is claimed byte for byte, under the identities of its receipts") { context in
            let worker = try await context.worker("mail")
            let result = try await context.post(["a", "b", "c"])
            try expect(result.receipts.count, is: 3, "receipts")
            try expect(!result.receipts.contains(where: \.isDuplicate), "no duplicates")
            let deliveries = try await context.claimAll(worker).flatMap(\.deliveries)
            try expect(Set(deliveries.map(\.id)), is: Set(result.receipts.map(\.id)), "identities")
            for (receipt, key) in zip(result.receipts, ["a", "b", "c"]) {
                let delivery = try one(deliveries.filter { $0.id == receipt.id }, "deliveries of a receipt")
                let request = ConformanceContext.request(key)
                try expect(delivery.endpoint, is: request.endpoint, "endpoint")
                try expect(delivery.source, is: request.source, "source")
                try expect(delivery.eventType, is: request.identity.eventType, "event type")
                try expect(delivery.idempotencyKey, is: key, "idempotency key")
                try expect(delivery.headers, is: request.headers, "headers")
                try expect(delivery.body, is: request.body, "body")
            }
        },
        Check("a delivery without an event type keeps having none") { context in
            let worker = try await context.worker("mail")
            _ = try await context.inbox.intake.store([ConformanceContext.request("a", type: nil)], claimedBy: nil)
            let delivery = try one(try await context.claimAll(worker).flatMap(\.deliveries), "deliveries")
            try expect(delivery.eventType, is: nil, "event type")
        },
        Check("a key that is in the inbox is a duplicate of the first, and stored once") { context in
            let worker = try await context.worker("mail")
            let first = try await context.post(["a"])
            let second = try await context.post(["a"])
            try expect(second.receipts.map(\.isDuplicate), is: [true], "duplicates")
            try expect(second.receipts[0].id, is: first.receipts[0].id, "identity of the duplicate")
            try expect(second.batches.isEmpty, "a commit of duplicates stores no batch")
            try expect(try await context.claimAll(worker).flatMap(\.deliveries).count, is: 1, "deliveries")
        },
        Check("equal keys in one commit are duplicates of the first of them") { context in
            let worker = try await context.worker("mail")
            let result = try await context.post(["a", "b", "a", "a"])
            try expect(result.receipts.map(\.isDuplicate), is: [false, false, true, true], "duplicates")
            try expect(result.receipts[2].id, is: result.receipts[0].id, "identity of the duplicate")
            try expect(try await context.claimAll(worker).flatMap(\.deliveries).count, is: 2, "deliveries")
        },
        Check("the same key at another endpoint is another delivery") { context in
            let requests = [ConformanceContext.request("a"), ConformanceContext.request("a", endpoint: "refunds")]
            let result = try await context.inbox.intake.store(requests, claimedBy: nil)
            try expect(result.receipts.map(\.isDuplicate), is: [false, false], "duplicates")
        },
        Check("a key stays taken after its delivery was settled") { context in
            let worker = try await context.worker("mail")
            try await context.post(["a"])
            let batches = try await context.claimAll(worker)
            _ = try await context.settle(batches.map { $0.settled("mail") }, by: worker)
            try expect(try await context.post(["a"]).receipts[0].isDuplicate, "a duplicate")
        },
        Check("of many equal requests at once one is stored") { context in
            let results = try await withThrowingTaskGroup(of: IntakeResult.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await context.post(["a", "b"]) }
                }
                return try await group.reduce(into: [IntakeResult]()) { $0.append($1) }
            }
            try expect(results.flatMap(\.receipts).count { !$0.isDuplicate }, is: 2, "first ones")
            try expect(Set(results.map { $0.receipts[0].id }).count, is: 1, "identities of a key")
        },
        Check("what is stored for a worker is that worker's") { context in
            let worker = try await context.worker("mail")
            let other = try await context.worker("mail")
            let result = try await context.post(["a", "b"], for: worker)
            try expect(try await context.claimAll(other).isEmpty, "nothing for the other")
            let settled = try await context.settle(result.batches.map { $0.settled("mail") }, by: worker)
            try expect(settled.lostBatches.isEmpty, "nothing lost")
            try expect(try await context.inspection.batches().isEmpty, "no batch left")
        },
        Check("what is stored for a worker that is gone runs elsewhere") { context in
            let gone = try await context.worker("mail")
            try await context.queue.deregister(gone)
            try await context.post(["a"], for: gone)
            let worker = try await context.worker("mail")
            _ = try await context.queue.rescue(silentFor: .seconds(15))
            try expect(try await context.claimAll(worker).count, is: 1, "claimed batches")
        },
    ]
}
