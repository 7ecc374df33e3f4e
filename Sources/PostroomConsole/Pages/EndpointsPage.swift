import PostroomCore
import PostroomInbox

/// The endpoints: what came in the last hour, and who is silent.
enum EndpointsPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let endpoints = try await visit.data.endpoints(now: visit.now)
        return visit.page(
            "Endpoints",
            .endpoints,
            """
            \(Parts.head("Endpoints", "Figures are of the last hour, over all processes."))
            \(Table.of(endpoints, columns(visit), label: "Endpoints", ifEmpty: Parts.empty(
                "No endpoint is known",
                "One is listed here that this process is configured with, or that had a request, refused ones included."
            )))
            \(refusals(endpoints))
            """
        )
    }

    private static func columns(_ visit: Visit) -> [TableColumn<EndpointView>] {
        [
            TableColumn("Endpoint", style: "grow") { endpoint in
                let link = visit.links.to("endpoint", [("name", endpoint.name.rawValue)])
                return "<a href=\"\(link)\"><strong>\(Parts.clipped(endpoint.name.rawValue))</strong></a>"
            },
            TableColumn("Accepted", style: "number") { Parts.count($0.rates.accepted) },
            TableColumn("Per minute", style: "number") { Parts.count(($0.rates.accepted + 30) / 60) },
            TableColumn("Duplicates", style: "number") { Parts.count($0.rates.duplicates) },
            TableColumn("Refused", style: "number") { Parts.count($0.rates.refused) },
            TableColumn("Last authentic") { $0.silence(visit.now) },
        ]
    }

    private static func refusals(_ endpoints: [EndpointView]) -> HTML {
        let rows = endpoints.flatMap { endpoint in
            endpoint.rates.refusals.map { (endpoint: endpoint.name.rawValue, reason: $0.reason, count: $0.count) }
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

/// One endpoint: its rates, its secrets, and the last requests that were refused.
enum EndpointPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let name = visit.request.text("name") ?? ""
        guard let endpoint = try await visit.data.endpoints(now: visit.now).first(where: { $0.name.rawValue == name })
        else {
            throw PageProblem.missing(
                "There is no such endpoint",
                "This process is not configured with one of that name, and in the last hour no other had a request for it."
            )
        }
        let refusals = try await visit.data.inbox.refusals(of: endpoint.name)
        let deliveries: HTML = """
            <a class="button" href="\(visit.links.to("deliveries", [("endpoint", name)]))">Its deliveries</a>
            """
        return visit.page(
            "Endpoint \(name)",
            .endpoints,
            """
            \(Parts.head("Endpoint <span class=\"id\">\(name)</span>", lead(endpoint), deliveries))
            \(Parts.facts([
                ("Accepted in the last hour", Parts.count(endpoint.rates.accepted)),
                ("Duplicates", Parts.count(endpoint.rates.duplicates)), ("Refused", Parts.count(endpoint.rates.refused)),
                ("Last authentic", endpoint.silence(visit.now)),
                ("Expected every", Parts.duration(endpoint.configured?.expectedEvery)),
            ]))
            <h2>Secrets</h2>\(secrets(endpoint, visit))
            \(reasons(endpoint))
            <h2>The last refused requests</h2>\(facts(refusals, visit))
            """
        )
    }

    private static func lead(_ endpoint: EndpointView) -> HTML {
        guard let configured = endpoint.configured else {
            return "Another process is configured with it: its secrets are listed once they are used."
        }
        return "Source <code>\(configured.source.rawValue)</code>"
    }

    private static func secrets(_ endpoint: EndpointView, _ visit: Visit) -> HTML {
        let columns: [TableColumn<SecretView>] = [
            TableColumn("Secret", style: "grow") { secret in
                secret.name.isEmpty ? "not told by the verification" : "<code>\(secret.name)</code>"
            },
            TableColumn("Requests", style: "number") { Parts.count($0.use?.times ?? 0) },
            TableColumn("Last matched") { secret in
                secret.use.map { Parts.age($0.usedAt, visit.now) } ?? "<span class=\"none\">never</span>"
            },
            TableColumn("Configured here") { $0.isConfigured ? "yes" : "<span class=\"state warn\">no</span>" },
        ]
        return Table.of(
            endpoint.secrets,
            columns,
            label: "Secrets",
            ifEmpty: Parts.empty("No secret is known", "Nothing authentic has come yet.")
        )
    }

    private static func reasons(_ endpoint: EndpointView) -> HTML {
        guard !endpoint.rates.refusals.isEmpty else { return "" }
        let columns: [TableColumn<(reason: String, count: Int)>] = [
            TableColumn("Reason", style: "grow") { "<span class=\"state bad\">\($0.reason)</span>" },
            TableColumn("Requests", style: "number") { Parts.count($0.count) },
        ]
        return """
            <h2>Refused in the last hour, by reason</h2>\
            \(Table.of(endpoint.rates.refusals, columns, label: "Refusals by reason", ifEmpty: ""))
            """
    }

    private static func facts(_ refusals: [RefusedRequest], _ visit: Visit) -> HTML {
        let columns: [TableColumn<RefusedRequest>] = [
            TableColumn("When") { Parts.age($0.at, visit.now) },
            TableColumn("Reason") { "<span class=\"state bad\">\($0.reason)</span>" },
            TableColumn("From") { Parts.text($0.peer) },
            TableColumn("Looked for", style: "grow") { names($0.lookedFor) },
            TableColumn("Found", style: "grow") { names($0.found) },
            TableColumn("Receiver") { Parts.clipped($0.process) },
        ]
        return Table.of(
            refusals,
            columns,
            label: "The last refused requests",
            ifEmpty: Parts.empty(
                "None is known",
                "Receivers tell of the last twenty every few seconds: names of header fields, never a value of one."
            )
        )
    }

    private static func names(_ names: String) -> HTML {
        names.isEmpty ? Parts.nothing : "<code>\(names)</code>"
    }
}
