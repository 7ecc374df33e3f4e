import PostroomCore

/// The endpoints: what came in the last hour, and what was refused and why.
enum EndpointsPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let rates = try await visit.data.rates(now: visit.now)
        return visit.page(
            "Endpoints",
            .endpoints,
            """
            \(Parts.head("Endpoints", "Figures are of the last hour, over all processes."))
            \(Table.of(rates.endpoints, columns(visit), label: "Endpoints", ifEmpty: Parts.empty(
                "Nothing came in the last hour",
                "An endpoint is listed here from its first request on, refused ones included."
            )))
            \(refusals(rates))
            """
        )
    }

    private static func columns(_ visit: Visit) -> [TableColumn<EndpointRates>] {
        [
            TableColumn("Endpoint", style: "grow") { endpoint in
                let link = visit.links.to("deliveries", [("endpoint", endpoint.name)])
                return "<a href=\"\(link)\"><strong>\(Parts.clipped(endpoint.name))</strong></a>"
            },
            TableColumn("Accepted", style: "number") { Parts.count($0.accepted) },
            TableColumn("Per minute", style: "number") { Parts.count(($0.accepted + 30) / 60) },
            TableColumn("Duplicates", style: "number") { Parts.count($0.duplicates) },
            TableColumn("Refused", style: "number") { Parts.count($0.refused) },
            TableColumn("Last accepted") { Parts.age($0.lastAccepted, visit.now) },
        ]
    }

    private static func refusals(_ rates: Rates) -> HTML {
        let rows = rates.endpoints.flatMap { endpoint in
            endpoint.refusals.map { (endpoint: endpoint.name, reason: $0.reason, count: $0.count) }
        }
        guard !rows.isEmpty else { return "" }
        let columns: [TableColumn<(endpoint: String, reason: String, count: Int)>] = [
            TableColumn("Endpoint") { Parts.clipped($0.endpoint) },
            TableColumn("Reason", style: "grow") { "<span class=\"state bad\">\($0.reason)</span>" },
            TableColumn("Requests", style: "number") { Parts.count($0.count) },
        ]
        return "<h2>Refused, by reason</h2>\(Table.of(rows, columns, label: "Refusals", ifEmpty: ""))"
    }
}
