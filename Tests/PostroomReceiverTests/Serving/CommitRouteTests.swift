import CoreMetrics
import NIOCore
import PostroomCore
import Synchronization
import Testing

@testable import PostroomReceiver

@Suite("A receiver that commits to several stores", .timeLimit(.minutes(3)))
struct CommitRouteTests {
    /// A client that keeps what it is told.
    private final class Client: CommitClient {
        let results = Observed<[Int: CommitResult.Outcome]>([:])

        func committed(_ results: [CommitResult]) {
            self.results.update { told in results.forEach { told[$0.ticket] = $0.outcome } }
        }

        func outcome(of ticket: Int) async throws -> CommitResult.Outcome {
            await results.wait { $0[ticket] != nil }
            return try #require(results.current[ticket])
        }
    }

    /// A memory of keys that begin with `old` and with `gone`.
    private struct History: KeyHistory {
        func find(_ deliveries: [IncomingDelivery]) async -> [KeyFinding] {
            deliveries.map { delivery in
                let key = delivery.identity.idempotencyKey
                if key.hasPrefix("gone") {
                    return .unanswered(QueueError(kind: .unavailable, description: "nobody answers"))
                }
                return key.hasPrefix("old") ? .known(DeliveryID(rawValue: 77)) : .new
            }
        }
    }

    private static func delivery(_ key: String) -> IncomingDelivery {
        IncomingDelivery(
            endpoint: "open",
            source: "test",
            identity: DeliveryIdentity(eventType: nil, idempotencyKey: key),
            headers: Headers(),
            body: [1]
        )
    }

    /// Runs a body with committers of those stores; a key's home is the number at its end.
    private func with(
        _ stores: [TestStore],
        history: (any KeyHistory)? = nil,
        _ body: (CommitRoutes, IntakeBudget) async throws -> Void
    ) async throws {
        let budget = IntakeBudget(requests: 100, bytes: 1 << 20)
        var configuration = ReceiverConfiguration(host: "127.0.0.1", port: 0)
        configuration.limits.requestsInFlight = 100
        let targets = IntakeTargets(
            stores.map { IntakeTargets.Target(store: $0, handOff: nil) },
            history: history,
            home: { $0.identity.idempotencyKey.last?.wholeNumberValue ?? 0 }
        )
        let routes = CommitRoutes(targets) { [configuration] target in
            GroupCommitter(
                configuration: configuration,
                store: target.store,
                handOff: nil,
                history: history,
                oneOf: stores.count,
                budget: budget,
                metrics: NOOPMetricsHandler.instance,
                logger: TestLog().logger
            )
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await routes.run() }
            try await body(routes, budget)
            routes.finish()
        }
    }

    private func submit(
        _ keys: [String],
        to routes: CommitRoutes,
        _ budget: IntakeBudget,
        at now: NIODeadline,
        for client: Client
    ) {
        let requests = keys.enumerated()
            .map { ticket, key in
                CommitRequest(delivery: Self.delivery(key), charged: 0, since: now, ticket: ticket)
            }
        requests.forEach { _ in _ = budget.takeRequest() }
        routes.submit(requests, for: client)
    }

    @Test("commits each delivery to its own")
    func routing() async throws {
        let stores = [TestStore(), TestStore(), TestStore()]
        try await with(stores) { routes, budget in
            let client = Client()
            submit(["a0", "b1", "c2", "d1"], to: routes, budget, at: .now(), for: client)
            for ticket in 0..<4 {
                guard case .stored = try await client.outcome(of: ticket) else {
                    Issue.record("\(ticket) is not stored")
                    continue
                }
            }
            #expect(stores.map { Set($0.stored.map(\.identity.idempotencyKey)) } == [["a0"], ["b1", "d1"], ["c2"]])
            #expect(budget.requests == 0)
        }
    }

    @Test("answers the others while one is stuck, and refuses that one's after three seconds")
    func stuck() async throws {
        let stores = [TestStore(), TestStore(gated: true)]
        try await with(stores) { routes, budget in
            let now = NIODeadline.now()
            let (first, late) = (Client(), Client())
            submit(["a0", "b1"], to: routes, budget, at: now, for: first)
            guard case .stored = try await first.outcome(of: 0) else { throw CancellationError() }
            let call = try await stores[1].nextCall()
            submit(["c1", "d0"], to: routes, budget, at: now + .seconds(3), for: late)
            #expect(try await late.outcome(of: 0) == .notStored)
            guard case .stored = try await late.outcome(of: 1) else { throw CancellationError() }
            #expect(first.results.current[1] == nil)
            call.succeed()
            guard case .stored = try await first.outcome(of: 1) else { throw CancellationError() }
            let after = Client()
            submit(["e1"], to: routes, budget, at: now + .seconds(4), for: after)
            try await stores[1].nextCall().succeed()
            guard case .stored = try await after.outcome(of: 0) else { throw CancellationError() }
        }
    }

    @Test("answers keys that are known elsewhere as duplicates, and stores none that may be")
    func history() async throws {
        let store = TestStore()
        try await with([store], history: History()) { routes, budget in
            let client = Client()
            submit(["a0", "old0", "gone0", "b0"], to: routes, budget, at: .now(), for: client)
            let first = IntakeReceipt(id: DeliveryID(rawValue: 77), isDuplicate: true)
            #expect(try await client.outcome(of: 1) == .stored(first))
            #expect(try await client.outcome(of: 2) == .notStored)
            for ticket in [0, 3] {
                guard case .stored(let receipt) = try await client.outcome(of: ticket) else {
                    throw CancellationError()
                }
                #expect(!receipt.isDuplicate)
            }
            #expect(Set(store.stored.map(\.identity.idempotencyKey)) == ["a0", "b0"])
        }
    }
}
