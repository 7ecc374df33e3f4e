import Logging
import PostgresClient
import PostroomCore
import TestSupport
import Testing

@testable import PostroomInbox

@Suite("Intake")
struct IntakeTests {
    @Test("a delivery is stored byte for byte, headers included")
    func storesBytes() async throws {
        try await TestInbox.with { test in
            let body = (0...255).map { UInt8($0) }
            let delivery = IncomingDelivery(
                endpoint: "raw",
                source: .bearer,
                identity: DeliveryIdentity(eventType: nil, idempotencyKey: "bytes"),
                headers: Headers([("X-One", "a"), ("x-one", "ä")]),
                body: body
            )
            let receipt = try #require(try await test.inbox.store([delivery], claimedBy: nil).receipts.first)
            let kept = try #require(try await test.inbox.delivery(receipt.id))
            #expect(kept.delivery.body == body)
            #expect(kept.delivery.headers == delivery.headers)
            #expect(kept.delivery.eventType == nil)
        }
    }

    @Test("another body under a known key is not stored, and a person is told; the same body is nothing to tell")
    func tellsOfOtherBodies() async throws {
        let (warnings, continuation) = AsyncStream.makeStream(of: String.self)
        let logger = Logger(label: "test") { _ in WarningStream(continuation: continuation) }
        try await TestInbox.with(logger: logger) { test in
            for key in ["same", "other"] {
                _ = try await test.inbox.store([.sample(key: key, body: "{}")], claimedBy: nil)
            }
            _ = try await test.inbox.store([.sample(key: "same", body: "{}")], claimedBy: nil)
            let receipt = try await test.inbox.store([.sample(key: "other", body: "{ }")], claimedBy: nil).receipts
                .first
            let id = try #require(receipt?.id)
            #expect(receipt?.isDuplicate == true)
            // They are looked at in their order: a word on the first of the two would come first.
            let warning = try #require(await warnings.first { _ in true })
            #expect(warning.contains("another body") && warning.contains("\(id)"))
            #expect(try await test.inbox.delivery(id)?.delivery.body == Array("{}".utf8))
        }
    }

    @Test("the same key a thousand times at once is one delivery, and everybody is told its id")
    func deduplicatesConcurrently() async throws {
        try await TestInbox.with { test in
            let receipts = try await withThrowingTaskGroup(of: [IntakeReceipt].self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let ten = [IncomingDelivery](repeating: .sample(key: "same"), count: 10)
                        return try await test.inbox.store(ten, claimedBy: nil).receipts
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(receipts.count == 1000)
            #expect(Set(receipts.map(\.id)).count == 1)
            #expect(receipts.filter { !$0.isDuplicate }.count == 1)
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 1)
            #expect(try await test.count("SELECT sum(delivery_count) FROM postroom.batch") == 1)
        }
    }

    @Test("commits that share keys in opposite orders do not deadlock")
    func storesInKeyOrder() async throws {
        try await TestInbox.with { test in
            let keys = (0..<50).map { "key-\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<40 {
                    let order = round.isMultiple(of: 2) ? keys : keys.reversed()
                    group.addTask {
                        _ = try await test.inbox.store(order.map { .sample(key: $0) }, claimedBy: nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await test.count("SELECT count(*) FROM postroom.delivery") == 50)
        }
    }

    @Test("equal keys at two endpoints are two deliveries")
    func separatesEndpoints() async throws {
        try await TestInbox.with { test in
            let both: [IncomingDelivery] = [.sample(key: "k", endpoint: "a"), .sample(key: "k", endpoint: "b")]
            let result = try await test.inbox.store(both, claimedBy: nil)
            #expect(result.receipts.map(\.isDuplicate) == [false, false])
        }
    }

    @Test(
        "the hash of a key is the same in Swift and in SQL",
        arguments: [("wacht-prod", "msg_1"), ("a", ""), ("ä€", "😀"), ("x", String(repeating: "k", count: 512))]
    )
    func hashesLikeSQL(endpoint: String, key: String) async throws {
        try await TestInbox.with { test in
            let hash = KeyHash(endpoint: EndpointName(rawValue: endpoint), key: key)
            let rows = try await test.query(
                """
                SELECT replace(postroom.key_hash('\(endpoint)', '\(key)')::text, '-', '')
                """
            )
            let text = String(hash.rawValue, radix: 16)
            #expect(rows[0][0] == String(repeating: "0", count: 32 - text.count) + text)
        }
    }

    @Test("a batch that was claimed for a worker without a row is stored unclaimed")
    func refusesForeignWorker() async throws {
        try await TestInbox.with { test in
            _ = try await test.inbox.store([.sample(key: "k")], claimedBy: WorkerID(rawValue: 4711))
            #expect(try await test.count("SELECT count(*) FROM postroom.batch WHERE worker IS NULL") == 1)
        }
    }

    @Test("enqueue stores in the caller's own transaction, once for each key")
    func enqueuesFromSQL() async throws {
        try await TestInbox.with { test in
            let enqueue = "SELECT postroom.enqueue('internal', 'invoice.paid', '{\"id\":1}', 'inv-1')"
            let first = try await test.count(enqueue)
            #expect(try await test.count(enqueue) == first)
            let stored = try #require(try await test.inbox.delivery(DeliveryID(rawValue: Int64(first))))
            #expect(stored.delivery.source == .sql)
            #expect(stored.delivery.body == Array("{\"id\":1}".utf8))
            let result = try await test.inbox.store([.sample(key: "inv-1", endpoint: "internal")], claimedBy: nil)
            #expect(result.receipts == [IntakeReceipt(id: DeliveryID(rawValue: Int64(first)), isDuplicate: true)])
        }
    }
}

/// Passes warnings on.
private struct WarningStream: LogHandler {
    let continuation: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    func log(event: LogEvent) {
        continuation.yield("\(event.message) \(event.metadata ?? [:])")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
