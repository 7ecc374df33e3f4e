import Logging
import Testing

@testable import PostroomCore

@Suite("The idempotency key of a job")
struct JobKeyTests {
    private func key(
        _ number: Int64 = 513,
        at time: Int64 = 1000,
        sender: String = "evt_1",
        handler: HandlerName = "crm.sync"
    ) -> String {
        context(HandlerServices(handler), number, at: time, sender: sender).idempotencyKey
    }

    private func context(
        _ services: HandlerServices,
        _ number: Int64 = 513,
        at time: Int64 = 1000,
        sender: String = "evt_1",
        attempt: Int = 1
    ) -> HandlerContext {
        let delivery = Delivery(
            id: DeliveryID(rawValue: number),
            endpoint: "orders",
            source: .bearer,
            eventType: nil,
            idempotencyKey: sender,
            receivedAt: Timestamp(rawValue: time),
            headers: Headers(),
            body: []
        )
        let event = Event(delivery: delivery, details: EventDetails())
        return HandlerContext(services, attempt: attempt, event: event, logger: Logger(label: "test"))
    }

    @Test("it is a UUID that never changes between versions of this program")
    func form() {
        #expect(key() == "a6064ad6-b20c-816e-a9c8-6d30f1c34b73")
    }

    @Test("another handler, number or time of the delivery makes another key; another sender's key does not")
    func distinct() {
        let keys = [key(), key(514), key(at: 1001), key(handler: "crm"), key(handler: "crm.sync2")]
        #expect(Set(keys).count == keys.count)
        #expect(key(sender: "evt_2") == key())
        #expect(keys.allSatisfy { $0.utf8.count <= 64 })
    }

    @Test("it is the same on every attempt, and after a rename of the handler")
    func rename() {
        let renamed = HandlerServices("crm.upsert")
        renamed.learn(
            HandlerDirectory.Entry(
                name: "crm.upsert",
                patterns: [],
                recordedAt: Timestamp(rawValue: 0),
                isPaused: false,
                originalName: "crm.sync"
            )
        )
        #expect(context(renamed).idempotencyKey == key())
        #expect(context(renamed, attempt: 7).idempotencyKey == key())
    }
}
