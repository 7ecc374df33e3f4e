import PostroomCore
import PostroomInbox

/// The kept deliveries, with a search.
enum DeliveriesPage {
    /// The parameters that make up the search, which lead on from page to page.
    private static let parameters = ["id", "key", "endpoint", "source", "type", "handler", "state", "since", "until"]

    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        if let id = visit.request.number("id") {
            return .redirect(to: visit.links.to("delivery", [("id", String(id))]))
        }
        let before = visit.request.number("before")
        let listing = try await visit.data.deliveries(filter(visit), below: before)
        let set = parameters.map { ($0, visit.request.text($0)) }
        let isSet = set.contains { $0.1 != nil }
        let older =
            listing.stop?.before
            ?? (listing.found.count == ConsoleData.pageSize ? listing.found.last?.id.rawValue : nil)
        let note: HTML =
            listing.stop.map { stop in
                "<span>Looked at \(HumanText.count(stop.looked)) deliveries so far</span>"
            } ?? ""
        return visit.page(
            "Deliveries",
            .deliveries,
            """
            \(Parts.head("Deliveries", "Every accepted request, exactly as it came, the newest first."))
            \(search(visit, isSet: isSet))
            \(Table.of(listing.found, columns(visit), label: "Deliveries", ifEmpty: empty(isSet, listing.stop != nil)))
            \(Parts.pager(
                newest: before == nil ? nil : visit.links.to("deliveries", set),
                older: older.map { visit.links.to("deliveries", set + [("before", String($0))]) },
                note: note
            ))
            """
        )
    }

    private static func filter(_ visit: Visit) -> DeliveryFilter {
        var filter = DeliveryFilter()
        filter.idempotencyKey = visit.request.text("key")
        filter.source = visit.request.text("source").map(Source.init(rawValue:))
        filter.handler = visit.request.text("handler").map(HandlerName.init(rawValue:))
        filter.endpoint = visit.request.text("endpoint").map(EndpointName.init(rawValue:))
        filter.eventType = visit.request.text("type")
        filter.state = visit.request.text("state").flatMap(DeliveryState.init(rawValue:))
        filter.since = Filter.moment(visit.request.text("since"), now: visit.now)
        filter.until = Filter.moment(visit.request.text("until"), now: visit.now)
        return filter
    }

    private static func search(_ visit: Visit, isSet: Bool) -> HTML {
        Filter.form(
            visit.links.to("deliveries"),
            """
            \(Filter.text(visit, "key", "Sender’s key", hint: "evt_123", isFirst: true))
            \(Filter.text(visit, "id", "Id", hint: "4711"))
            \(Filter.text(visit, "endpoint", "Endpoint"))
            \(Filter.text(visit, "type", "Event type", hint: "invoice.paid"))
            \(Filter.text(visit, "handler", "Handler"))
            \(Filter.choice(visit, "state", "State", DeliveryState.allCases.filter { $0 != .scheduled }.map(\.rawValue)))
            \(Filter.text(visit, "since", "Since", hint: "2h, or 2026-05-31 14:30"))
            \(Filter.text(visit, "until", "Until", hint: "10m"))
            """,
            isSet: isSet
        )
    }

    private static func columns(_ visit: Visit) -> [TableColumn<DeliverySummary>] {
        [
            TableColumn("Delivery") { delivery in
                let link = visit.links.to("delivery", [("id", delivery.id.description)])
                return "<a class=\"id\" href=\"\(link)\">\(delivery.id.description)</a>"
            },
            TableColumn("Received") { Parts.age($0.receivedAt, visit.now) },
            TableColumn("Endpoint") { Parts.clipped($0.endpoint.rawValue) },
            TableColumn("Event type", style: "grow") { delivery in
                delivery.eventType.map(Parts.clipped)
                    ?? delivery.unreadable.map { "<span class=\"state warn\">unreadable</span> \($0)" } ?? Parts.nothing
            },
            TableColumn("Key", style: "grow") { "<code>\(Parts.clipped($0.idempotencyKey))</code>" },
            TableColumn("Size", style: "number") { Parts.bytes($0.bytes) },
            TableColumn("State") { Parts.state($0.state) },
        ]
    }

    private static func empty(_ isSet: Bool, _ gaveUp: Bool) -> HTML {
        if gaveUp {
            return Parts.empty(
                "Nothing found so far",
                "Few deliveries match, so this takes several steps: go on with Older."
            )
        }
        return isSet
            ? Parts.empty("No kept delivery matches", "Try fewer conditions. What retention dropped can’t be found.")
            : Parts.empty("No delivery yet", "Post one to an endpoint, or try it with <code>postroom send</code>.")
    }
}
