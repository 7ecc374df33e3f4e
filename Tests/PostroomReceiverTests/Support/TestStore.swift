import PostroomCore
import Synchronization

/// An inbox in memory whose commits end when the test says, or at once.
final class TestStore: IntakeStore {
    /// A commit that has begun and waits for the test.
    struct Call: Sendable {
        let deliveries: [IncomingDelivery]
        let worker: WorkerID?
        let verdict: CheckedContinuation<QueueError?, Never>

        func succeed() {
            verdict.resume(returning: nil)
        }

        func fail(_ kind: QueueError.Kind = .unavailable) {
            verdict.resume(returning: QueueError(kind: kind, description: "the test says no"))
        }
    }

    fileprivate struct State {
        var known: [String: DeliveryID] = [:]
        var stored: [IncomingDelivery] = []
        var commits: [Int] = []
        var lastBatch: Int64 = 0
    }

    private let state = Mutex(State())
    private let isGated: Bool
    private let refusesKey: String?
    private let calls: AsyncStream<Call>
    private let begin: AsyncStream<Call>.Continuation

    /// Makes an empty inbox.
    ///
    /// - Parameters:
    ///   - gated: True where commits wait for the test.
    ///   - key: A key that the store rejects, and every commit with it.
    init(gated: Bool = false, refusing key: String? = nil) {
        isGated = gated
        refusesKey = key
        (calls, begin) = AsyncStream.makeStream()
    }

    /// The next commit that begins.
    func nextCall() async throws -> Call {
        for await call in calls {
            return call
        }
        throw CancellationError()
    }

    /// Every delivery that was stored, duplicates left out.
    var stored: [IncomingDelivery] {
        state.withLock { $0.stored }
    }

    /// The number of requests that each commit held.
    var commits: [Int] {
        state.withLock { $0.commits }
    }

    func store(_ deliveries: [IncomingDelivery], claimedBy worker: WorkerID?) async throws(QueueError) -> IntakeResult {
        state.withLock { $0.commits.append(deliveries.count) }
        if isGated {
            let refusal = await withCheckedContinuation { verdict in
                begin.yield(Call(deliveries: deliveries, worker: worker, verdict: verdict))
            }
            if let refusal {
                throw refusal
            }
        }
        if let refusesKey, deliveries.contains(where: { $0.identity.idempotencyKey == refusesKey }) {
            throw QueueError(kind: .rejected, description: "the key can't be stored")
        }
        return state.withLock { $0.commit(deliveries) }
    }
}

extension TestStore.State {
    fileprivate mutating func commit(_ deliveries: [IncomingDelivery]) -> IntakeResult {
        lastBatch += 1
        let batch = BatchID(rawValue: lastBatch)
        var fresh: [Delivery] = []
        let receipts = deliveries.map { incoming in
            let key = "\(incoming.endpoint)/\(incoming.identity.idempotencyKey)"
            if let first = known[key] {
                return IntakeReceipt(id: first, isDuplicate: true)
            }
            let id = DeliveryID(batch: batch, ordinal: UInt8(fresh.count))
            known[key] = id
            stored.append(incoming)
            fresh.append(Delivery(id: id, incoming))
            return IntakeReceipt(id: id, isDuplicate: false)
        }
        let batches =
            fresh.isEmpty
            ? [] : [ClaimedBatch(id: batch, receivedAt: Timestamp(rawValue: 0), deliveries: fresh)]
        return IntakeResult(receipts: receipts, batches: batches)
    }
}

extension Delivery {
    fileprivate init(id: DeliveryID, _ incoming: IncomingDelivery) {
        self.init(
            id: id,
            endpoint: incoming.endpoint,
            source: incoming.source,
            eventType: incoming.identity.eventType,
            idempotencyKey: incoming.identity.idempotencyKey,
            receivedAt: Timestamp(rawValue: 0),
            headers: incoming.headers,
            body: incoming.body
        )
    }
}
