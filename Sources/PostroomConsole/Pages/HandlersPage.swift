import PostroomCore
import PostroomInbox

/// The handlers: what each did in the last hour, and what it owes.
enum HandlersPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        async let rates = visit.data.rates(now: visit.now)
        let handlers = try await visit.data.inbox.backlog(fresh: false)
        let wanted = visit.request.text("name")
        let rows = handlers.filter { wanted == nil || $0.name.rawValue == wanted }
        let back: HTML =
            wanted == nil ? "" : "<a class=\"button\" href=\"\(visit.links.to("handlers"))\">All handlers</a>"
        return visit.page(
            "Handlers",
            .handlers,
            """
            \(Parts.head("Handlers", "Attempts are those of the last hour, over all processes.", back))
            \(Parts.notice(visit, [
                "pause": "The handler is paused: what is owed to it waits.", "resume": "The handler runs again.",
                "remove": "The handler is removed: what waited for it is dropped.",
            ]))
            \(Table.of(rows, columns(try await rates, visit), label: "Handlers", ifEmpty: Parts.empty(
                "No handler yet",
                "Register one in a program of yours, or configure a forwarder under <code>handlers:</code>."
            )))
            """
        )
    }

    /// Pauses, resumes or removes a handler.
    static func change(_ visit: Visit) async throws -> ConsoleResponse {
        guard let name = visit.request.form["handler"], !name.isEmpty,
            let change = visit.request.form["change"].flatMap(HandlerChange.init(rawValue:))
        else { throw PageProblem.incomplete }
        let reason = visit.request.form["reason"].flatMap { $0.isEmpty ? nil : $0 }
        try await visit.data.inbox.change(HandlerName(rawValue: name), change, because: reason)
        return .redirect(to: visit.links.to("handlers", [("done", change.rawValue)]))
    }

    private static func columns(_ rates: Rates, _ visit: Visit) -> [TableColumn<HandlerBacklog>] {
        let links = visit.links
        return [
            TableColumn("Handler", style: "grow") { handler in
                let patterns: [HTML] = handler.patterns.map { "<code>\($0)</code> " }
                let name = handler.name.rawValue
                let limits: HTML = handler.limits.words.map { "· \($0)" } ?? ""
                return """
                    <a href="\(links.to("handlers", [("name", name)]))"><strong>\(Parts.clipped(name))</strong></a>\
                    <small class="patterns">\(patterns)\(limits)</small>
                    """
            },
            TableColumn("State") { Parts.state(state($0)) },
            TableColumn("Handled", style: "number") { Parts.count(rates.handler($0.name).handled) },
            TableColumn("Failed", style: "number") { Parts.count(rates.handler($0.name).failed) },
            TableColumn("p50", style: "number") { Parts.duration(rates.handler($0.name).quantile(0.5)) },
            TableColumn("p99", style: "number") { Parts.duration(rates.handler($0.name).quantile(0.99)) },
            TableColumn("Owed", style: "number") { Parts.count($0.retriesWaiting + $0.retriesInFlight) },
            TableColumn("Dead", style: "number") { handler in
                guard handler.deadLetters > 0 else { return Parts.count(0) }
                let link = links.to("dead-letters", [("handler", handler.name.rawValue)])
                return "<a href=\"\(link)\">\(Parts.count(handler.deadLetters))</a>"
            },
            TableColumn("", style: "act") { actions($0, visit) },
        ]
    }

    private static func state(_ handler: HandlerBacklog) -> String {
        if handler.isRemoved { return "removed" }
        if handler.isPaused { return "paused" }
        if handler.isOrphaned { return "orphaned" }
        if handler.limits.busyUntil != nil { return "busy" }
        return handler.isSlowed ? "slowed" : "active"
    }

    private static func actions(_ handler: HandlerBacklog, _ visit: Visit) -> HTML {
        guard !handler.isRemoved else { return "" }
        let name = handler.name.rawValue
        // One that runs is paused before it is removed: its workers would only record it again.
        let remove: HTML = visit.form(
            "handlers/change",
            "Remove",
            [("handler", name), ("change", "remove")],
            style: "danger",
            question: "Remove \(name)? What it owes is dropped, and nobody can bring that back; its dead letters stay."
        )
        if handler.isPaused {
            return "\(visit.form("handlers/change", "Resume", [("handler", name), ("change", "resume")]))\(remove)"
        }
        let pause = visit.form(
            "handlers/change",
            "Pause",
            [("handler", name), ("change", "pause")],
            "<input type=\"text\" name=\"reason\" placeholder=\"reason\" aria-label=\"Reason for pausing \(name)\" maxlength=\"200\">"
        )
        return handler.isOrphaned ? "\(pause)\(remove)" : pause
    }
}
