import Postroom

enum Partner: WebhookSource {
    static let definition = SourceDefinition(
        source: "partner",
        summary: "Partner: invoices",
        scheme: .row(SignatureScheme(.header("X-Signature"), .plain(prefix: "v1="))),
        sensitivePaths: ["customer.iban"]
    )
    static let locations = EventLocations(eventType: [[.json("event.name")]], idempotencyKey: [[.header("X-Id")]])
    static let events = [
        CatalogueEntry(InvoicePaid.self, "an invoice was paid") {
            #"{"invoice":"in_\#($0.index)","cents":1200,"customer":{"iban":"DE02120300000000202051"}}"#
        },
        CatalogueEntry(InvoiceVoided.self, "an invoice was voided") { #"{"invoice":"in_\#($0.index)"}"# },
    ]
}

struct InvoicePaid: Codable, WebhookEvent {
    static let source: Source = "partner"
    static let eventTypes = ["invoice.paid"]
    let invoice: String
    let cents: Int
}

struct InvoiceVoided: Codable, WebhookEvent {
    static let source: Source = "partner"
    static let eventTypes = ["invoice.voided"]
    let invoice: String
}

@main struct PartnerWorker: PostroomProgram {
    static func register(on sources: inout SourceRegistry) { sources.register(Partner.self) }
    func register(on handlers: inout HandlerRegistry) {
        handlers.on(InvoicePaid.self, named: "ledger.note") { event, context in
            context.logger.notice("paid", metadata: ["invoice": "\(event.invoice)", "cents": "\(event.cents)"])
        }
    }
}
