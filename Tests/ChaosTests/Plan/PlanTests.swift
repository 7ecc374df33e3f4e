import FoundationEssentials
import PostroomCore
import PostroomSources
import Testing

@testable import PostroomChaos

@Suite("What the seed decides")
struct PlanTests {
    private func schedule(_ seed: UInt64, _ count: Int) -> [PlannedFault] {
        Array(FaultSchedule(seed: seed, kinds: FaultKind.allCases, lease: .seconds(3)).prefix(count))
    }

    @Test("the same seed makes the same faults, and another one makes others")
    func faults() {
        #expect(schedule(1, 100) == schedule(1, 100))
        #expect(schedule(1, 100) != schedule(2, 100))
    }

    @Test("every kind comes once in each round", arguments: [UInt64(1), 2, 3])
    func rounds(seed: UInt64) {
        let kinds = FaultKind.allCases.count
        let faults = schedule(seed, 3 * kinds)
        for round in 0..<3 {
            #expect(Set(faults[(round * kinds)..<((round + 1) * kinds)].map(\.kind)) == Set(FaultKind.allCases))
        }
    }

    @Test("a freeze outlasts the lease, and a hiccup does not")
    func lengths() {
        let faults = schedule(4, 200)
        #expect(faults.filter { $0.kind == .freeze }.allSatisfy { $0.length > .seconds(3) })
        #expect(faults.filter { $0.kind == .hiccup }.allSatisfy { $0.length < .seconds(3) })
    }

    @Test("a schedule without kinds has no faults")
    func nothing() {
        #expect(Array(FaultSchedule(seed: 1, kinds: [], lease: .seconds(3))).isEmpty)
    }

    @Test("deliveries are the same for the same seed, differ from each other, and can be signed")
    func deliveries() throws {
        let maker = DeliveryMaker(seed: 9)
        let made = (0..<300).map(maker.make)
        #expect(Set(made.map(\.endpoint)) == Set(ChaosEndpoint.all))
        #expect(Set(made.map(\.digest)).count == made.count)
        #expect(made.contains { $0.isUndecodable })
        for delivery in made {
            #expect(try delivery.signed().body == delivery.body)
        }
        let generic = made.indices.filter { ![.wacht, .nyuchi].contains(made[$0].endpoint.source) }
        #expect(generic.allSatisfy { maker.make($0).body == made[$0].body })
    }

    @Test(
        "what ends its process is rare, and comes early enough for a short run",
        arguments: [UInt64(1), 239, 240, .max]
    )
    func poison(seed: UInt64) {
        let maker = DeliveryMaker(seed: seed)
        let numbers = (0..<12_000).filter { maker.isPoison($0) }
        #expect(numbers.count == 2)
        #expect(numbers.first.map { $0 < 480 } == true)
        for number in numbers {
            #expect(ChaosPoison.isIn(maker.make(number).body))
            #expect(!ChaosPoison.isIn(maker.make(number + 1).body))
        }
    }

    @Test("states of subjects come out of their order, and each has a time of its own")
    func subjects() {
        let maker = DeliveryMaker(seed: 9, subjects: 3)
        let made = (0..<600).map(maker.make).filter { $0.subject != nil }
        #expect(Set(made.map(\.endpoint.source)) == [.standardWebhooks, .hmacSHA256])
        let versions = made.compactMap { $0.subject?.version }
        #expect(Set(versions).count == versions.count)
        #expect(versions != versions.sorted())
        #expect(Set(made.compactMap { $0.subject?.name }) == [0, 1, 2])
        // The inbox orders states by the time in the body, and finds the subject there.
        let events = made.map(event)
        let times = events.map { $0.details.occurredAt }
        #expect(!times.contains(nil))
        let byTime = zip(times, versions).sorted { ($0.0 ?? .distantPast) < ($1.0 ?? .distantPast) }
        #expect(byTime.map(\.1) == versions.sorted())
        #expect(events.map(ChaosSubject.key) == made.map { delivery in delivery.subject.map { "s\($0.name)" } })
    }

    private func event(_ made: DeliveryMaker.Made) -> Event {
        let delivery = Delivery(
            id: DeliveryID(rawValue: 256),
            endpoint: EndpointName(rawValue: made.endpoint.name),
            source: made.endpoint.source,
            eventType: made.eventType,
            idempotencyKey: made.id,
            receivedAt: Timestamp(rawValue: 0),
            headers: Headers(),
            body: made.body
        )
        return Event(delivery: delivery, rules: SourceRegistry.builtIn.rules(for: made.endpoint.source))
    }

    @Test("handlers of a newer program are those of the older ones, and one more")
    func generations() {
        #expect(ChaosHandlers.names(of: 1) == ChaosHandlers.always(on: 1))
        #expect(Set(ChaosHandlers.always).subtracting(ChaosHandlers.always(on: 2)) == ChaosHandlers.inOrder)
        #expect(ChaosHandlers.names(of: 3) == ChaosHandlers.always + ["chaos.since-2", "chaos.since-3"])
    }
}
