import FoundationEssentials
import Postroom
import PostroomTesting

// The examples of *Events and sources of your own*.

struct InvoicePaid: Codable, WebhookEvent {
    static let source: Source = "stripe"
    static let eventTypes = ["invoice.paid"]

    let id: String
    let created: Date
}

enum BillingEvent: WebhookEvent {
    static let source: Source = "stripe"
    static let eventTypes = ["invoice.*"]

    case paid(InvoicePaid)
    case other(type: String?)

    init(decoding event: Event) throws {
        switch event.type {
        case "invoice.paid"?: self = .paid(try event.decode())
        default: self = .other(type: event.type)
        }
    }
}

struct OrderShipped: JSONEvent {
    static let source: Source = "shop"
    static let eventTypes = ["order.shipped"]

    let id: String
    let note: Field<String>
    let parcels: Field<[Parcel]>
    let oddities: [EventOddity]

    init(_ json: JSONReader) throws(UndecodableEvent) {
        let order = try json.members("order")
        id = try order.id("id")
        note = order.field("note")
        parcels = order.list("parcels")
        oddities = json.oddities
    }
}

struct Parcel: JSONObjectReadable, Sendable {
    let carrier: String
    let shippedAt: Date?

    init(_ json: JSONReader) throws(UndecodableEvent) {
        carrier = try json.value("carrier")
        shippedAt = json.optional("shipped_at")
    }
}

enum Shop: WebhookSource {
    static let definition = SourceDefinition(
        source: "shop",
        summary: "a shop: orders",
        scheme: .row(
            SignatureScheme(
                .header("X-Shop-Signature"),
                .plain(prefix: "v1="),
                .hexadecimal,
                .hmacSHA256,
                signed: [.timestamp, .literal("."), .body],
                time: .init(.header("X-Shop-Time"), tolerance: .within(.seconds(300)))
            )
        ),
        sensitivePaths: ["order.card"]
    )
    static let locations = EventLocations(
        eventType: [[.header("X-Shop-Topic")]],
        idempotencyKey: [[.header("X-Shop-Delivery")]],
        orderingKey: [[.literal("order"), .json("order.id")]]
    )
    static let events = [
        CatalogueEntry(OrderShipped.self, "an order left the house") { values in
            #"{"order":{"id":"\#(values.index)","parcels":[{"carrier":"DHL"}]}}"#
        }
    ]
}

struct ShopWorker: PostroomProgram {
    static func register(on sources: inout SourceRegistry) {
        sources.register(Shop.self)
    }

    func register(on handlers: inout HandlerRegistry) {
        handlers.on(OrderShipped.self, named: "crm.shipped") { event, context in
            context.logger.info("shipped", metadata: ["order": "\(event.id)"])
        }
    }
}

/// Makes the sample of a trial.
func sampleOfShop() throws -> Event {
    let shipped = try Event.sample("shop", "order.shipped", sources: SourceRegistry(Shop.self))
    return shipped
}

enum Gate: WebhookSource {
    static let definition = SourceDefinition(source: "gate", summary: "a gate", scheme: .code("a token"))

    static func verifier(_ options: VerifierOptions) throws(SecretProblem) -> any RequestVerifier {
        GateVerifier(secrets: options.secrets)
    }
}

struct GateVerifier: RequestVerifier {
    let secrets: [Secret]
    let secretHeaders = ["X-Gate"]
    let neededHeaders = ["X-Gate"]

    func verify(_ request: WebhookRequest, now: Date) -> Verdict {
        guard let token = request.headers.values("X-Gate").first else { return .refused(.missingHeader) }
        return secrets.contains { $0.equals(Array(token.utf8)) } ? .authentic : .refused(.tokenMismatch)
    }
}

enum Partners {
    func registerPartners(on handlers: inout HandlerRegistry) {
        handlers.on(.events(from: .custom, at: "partner-a", matching: "invoice.*"), named: "ledger.a") { event, _ in
            try await Audit.shared.append(event.body)
        }
        handlers.on(OrderShipped.self, at: "shop-berlin", named: "crm.berlin") { event, context in
            context.logger.info("shipped in Berlin", metadata: ["order": "\(event.id)"])
        }
    }
}
