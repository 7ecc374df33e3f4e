import FoundationEssentials
import PostroomCore
import Testing

@testable import PostroomSources

@Suite("Events that are Codable")
struct CodableEventTests {
    struct InvoicePaid: Codable, WebhookEvent {
        static let source: Source = "stripe"
        static let eventTypes = ["invoice.paid", "invoice.payment_succeeded"]

        struct Payload: Codable {
            struct Invoice: Codable {
                let id: String
                let amountPaid: Int

                enum CodingKeys: String, CodingKey {
                    case id
                    case amountPaid = "amount_paid"
                }
            }

            let object: Invoice
        }

        let id: String
        let created: Date
        let data: Payload
    }

    private func event(_ body: String) -> Event {
        PostroomSourcesTests.event(.stripe, body)
    }

    @Test(
        "are decoded from the whole body, whichever of their types it has",
        arguments: [
            (#""invoice.paid""#, "1780000000"), (#""invoice.payment_succeeded""#, "1780000000000"),
            (#""invoice.paid""#, #""2026-05-28T20:26:40Z""#),
        ]
    )
    func decodes(type: String, created: String) throws {
        let body =
            #"{"id":"evt_1","type":\#(type),"created":\#(created),"data":{"object":{"id":"in_1","amount_paid":7}}}"#
        let paid = try event(body).decode(as: InvoicePaid.self)
        #expect(paid.data.object.id == "in_1" && paid.data.object.amountPaid == 7)
        #expect(paid.created == unix(1_780_000_000))
    }

    @Test(
        "say at which path what was expected, and quote nothing",
        arguments: [
            (
                #"{"id":"e","type":"invoice.paid","created":1,"data":{"object":{"id":"secret","amount_paid":"secret"}}}"#,
                "data.object.amount_paid"
            ),
            (
                #"{"id":"e","type":"invoice.paid","created":1,"data":{"object":{"id":"secret"}}}"#,
                "data.object.amount_paid"
            ),
            (
                #"{"id":"e","type":"invoice.paid","created":"secret","data":{"object":{"id":"a","amount_paid":1}}}"#,
                "created"
            ),
            (
                #"{"id":"e","id":"f","type":"invoice.paid","created":1,"data":{"object":{"id":"a","amount_paid":1}}}"#,
                ""
            ),
            (#"{"id":"e","type":"charge.refunded","created":1,"data":{"object":{"id":"a","amount_paid":1}}}"#, ""),
        ]
    )
    func misfit(body: String, path: String) {
        let misfit = #expect(throws: UndecodableEvent.self) { try InvoicePaid(decoding: event(body)) }
        #expect(misfit?.path == path)
        #expect(misfit?.description.contains("secret") == false)
    }
}
