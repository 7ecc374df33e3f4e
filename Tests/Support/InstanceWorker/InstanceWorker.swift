import Glibc
import Postroom

/// A program whose instance registers its sources, beside services that it opens when it is made.
///
/// `INSTANCEWORKER_NO_START`, set to anything, lets `init` throw.
@main
struct InstanceWorker: PostroomProgram {
    let shop: Shop

    init() async throws {
        shop = try await Shop.connect()
    }

    func register(on handlers: inout HandlerRegistry) {
        handlers.on(OrderPaid.self, named: "shop.orders") { event, context in
            context.logger.notice("paid", metadata: ["order": "\(event.order)", "shop": "\(shop.name)"])
        }
    }

    func register(on sources: inout SourceRegistry) {
        sources.register(ShopSource.self)
    }
}

/// The client of the program's handlers.
struct Shop {
    let name: String

    static func connect() async throws -> Shop {
        guard getenv("INSTANCEWORKER_NO_START") == nil else { throw HandlerError.permanent("the shop is closed") }
        return Shop(name: "corner")
    }
}

/// A producer that only this program knows.
enum ShopSource: WebhookSource {
    static let definition = SourceDefinition(
        source: "shop",
        summary: "a shop: orders",
        scheme: .row(SignatureScheme(.header("X-Shop-Signature"), .plain(prefix: "v1=")))
    )
    static let locations = EventLocations(eventType: [[.json("event")]], idempotencyKey: [[.json("order")]])
    static let events = [CatalogueEntry(OrderPaid.self, "an order was paid") { #"{"order":"\#($0.index)"}"# }]
}

/// An order was paid.
struct OrderPaid: Codable, WebhookEvent {
    static let source: Source = "shop"
    static let eventTypes = ["order.paid"]
    let order: String
}
