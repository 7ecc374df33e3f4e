import PostroomCore
import PostroomInbox
import PostroomSources

/// One delivery: what came, and what each handler did with it.
enum DeliveryPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        try await show(visit, id: visit.request.number("id"), revealed: false)
    }

    /// Shows what is masked, and notes who asked for it.
    static func reveal(_ visit: Visit) async throws -> ConsoleResponse {
        let id = visit.request.form["id"].flatMap { Int64($0) }
        if let id {
            try await visit.data.inbox.note("reveal_delivery", [("delivery", String(id))])
        }
        return try await show(visit, id: id, revealed: true)
    }

    /// Records a replay of the one delivery.
    static func replay(_ visit: Visit) async throws -> ConsoleResponse {
        guard let id = visit.request.form["id"].flatMap({ Int64($0) }) else { throw missing }
        var filter = DeliveryFilter()
        filter.ids = [DeliveryID(rawValue: id)]
        let number = try await visit.data.inbox.replayDeliveries(filter, everything: false)
        return .redirect(to: visit.links.to("replay", [("id", String(number)), ("done", "begun")]))
    }

    private static let missing = PageProblem.missing(
        "There is no such delivery",
        "It may be older than the retention time, or the number is not one that a sender was answered."
    )

    private static func show(_ visit: Visit, id: Int64?, revealed: Bool) async throws -> ConsoleResponse {
        guard let id, let found = try await visit.data.inbox.delivery(DeliveryID(rawValue: id)) else { throw missing }
        let reasons = try await visit.data.inbox.why(DeliveryID(rawValue: id))
        let repetitions = try await visit.data.inbox.repetitions(of: DeliveryID(rawValue: id))
        let delivery = found.delivery
        let again: HTML = visit.form(
            "delivery/replay",
            "Replay to every handler",
            [("id", String(id))],
            question: "Run every handler that subscribes to this delivery again, also those that handled it?"
        )
        return visit.page(
            "Delivery \(id)",
            .deliveries,
            """
            \(Parts.head("Delivery <span class=\"id\">\(id)</span>", lead(delivery, visit), again))
            \(Parts.notice(visit, ["edited": "The handler gets this body in place of the letter’s, which is closed."]))
            \(handlers(found.pairs, reasons, visit))
            \(RequestView(delivery: delivery, repetitions: repetitions, isRevealed: revealed, visit: visit).html)
            """
        )
    }

    private static func lead(_ delivery: Delivery, _ visit: Visit) -> HTML {
        """
        \(delivery.eventType.map { "<strong>\($0)</strong>" as HTML } ?? "Without an event type") at \
        <a href="\(visit.links.to("deliveries", [("endpoint", delivery.endpoint.rawValue)]))">\(delivery.endpoint.rawValue)</a>, \
        received \(Parts.age(delivery.receivedAt, visit.now))
        """
    }

    private static func handlers(_ pairs: [PairRecord], _ reasons: [Explanation], _ visit: Visit) -> HTML {
        // Those who have nothing to do with it come last, in one line.
        let others = reasons.filter { $0.state == "unsubscribed" }.map(\.handler.rawValue)
        let lanes: [HTML] = reasons.filter { $0.state != "unsubscribed" }
            .map { reason in
                Lane(reason: reason, records: pairs.filter { $0.handler == reason.handler }, visit: visit).html
            }
        let body: HTML =
            lanes.isEmpty
            ? Parts.empty(
                "No handler has anything to do with it",
                "It is kept for its retention time, and can be replayed."
            )
            : "\(lanes)"
        let rest: HTML =
            others.isEmpty
            ? "" : "<p class=\"hint\">Not subscribed to it: \(others.map { "<code>\($0)</code> " as HTML })</p>"
        return "<section aria-labelledby=\"lanes\"><h2 id=\"lanes\">Handlers</h2>\(body)\(rest)</section>"
    }
}

/// One handler's part in a delivery: where it stands and why, and what was tried.
struct Lane {
    let reason: Explanation
    let records: [PairRecord]
    let visit: Visit

    var html: HTML {
        let name = reason.handler.rawValue
        let attempts: [HTML] = records.map { record in
            """
            <li class="\(record.state)"><div>\(Parts.state(record.state)) \(number(record)) \
            \(Parts.age(record.at, visit.now))</div>\(facts(record))\
            \(record.detail.map { "<pre class=\"error\">\(HTML.preformatted($0))</pre>" as HTML })</li>
            """
        }
        let help: HTML = reason.command.map { "<p>\(Parts.command($0))</p>" } ?? ""
        return """
            <article class="lane"><header><h3><a href="\(visit.links.to("handlers", [("name", name)]))">\(name)</a></h3>\
            \(Parts.state(reason.state))</header><p class="why">\(reason.reason)</p>\(help)<ol>\(attempts)</ol></article>
            """
    }

    private func number(_ record: PairRecord) -> HTML {
        record.attempt.map { "<span>attempt \($0)</span>" } ?? ""
    }

    private func facts(_ record: PairRecord) -> HTML {
        let took: HTML? = record.duration.map { "took \(HumanText.duration($0))" }
        let worker: HTML? = record.worker.map { "worker \($0)" }
        let facts = [took, worker].compactMap(\.self)
        return facts.isEmpty
            ? "" : "<small>\(facts.enumerated().map { $0.offset > 0 ? " · \($0.element)" : $0.element })</small>"
    }
}

/// The request of a delivery, with what must not be seen masked.
struct RequestView {
    let delivery: Delivery
    /// The repetitions of the request; `nil` where there was none.
    let repetitions: Repetitions?
    let isRevealed: Bool
    let visit: Visit

    /// The most bytes of a body that a page shows.
    private static let most = 64 << 10

    var html: HTML {
        let headers: [HTML] =
            isRevealed
            ? delivery.headers.fields.map { row($0.name, "\($0.value)") }
            : visit.data.sources.redacted(headers: delivery.headers)
                .map { row($0.name, $0.isHidden ? "<span class=\"mask\">\($0.value)</span>" : "\($0.value)") }
        return """
            <section aria-labelledby="request"><h2 id="request">Request</h2>
            \(Parts.facts([
                ("Endpoint", "\(delivery.endpoint.rawValue)"), ("Source", "\(delivery.source.rawValue)"),
                ("Verified", "authentic when it came: nothing else is kept"),
                ("Event type", Parts.text(delivery.eventType)),
                ("Idempotency key", "<code>\(delivery.idempotencyKey)</code>"),
                ("Received", Parts.clock(delivery.receivedAt)), ("Duplicates", duplicates), ("Body", Parts.bytes(delivery.body.count)),
            ]))
            <h3>Headers</h3><div class="table"><table class="headers" aria-label="Headers"><tbody>\(headers)</tbody></table></div>
            <div class="head"><h3>Body</h3>\(reveal)</div>\(body)</section>
            """
    }

    private var duplicates: HTML {
        guard let repetitions else { return "none: it came once" }
        return """
            \(Plural.of(repetitions.times, "time", "times")) more, answered with this delivery’s id; the last \
            \(Parts.age(repetitions.lastAt, visit.now))
            """
    }

    private func row(_ name: String, _ value: HTML) -> HTML {
        "<tr><th scope=\"row\">\(name)</th><td>\(value)</td></tr>"
    }

    private var reveal: HTML {
        guard !isRevealed else { return "<span class=\"tag\">shown in full, which is noted in the audit</span>" }
        return visit.form(
            "delivery",
            "Show what is masked",
            [("id", delivery.id.description)],
            question: "Show tokens, keys and other sensitive values? That you asked is noted in the audit."
        )
    }

    private var body: HTML {
        let shown =
            isRevealed
            ? RedactedBody(bytes: delivery.body, hiding: .nothing)
            : visit.data.sources.redacted(body: delivery.body, source: delivery.source)
        let note: HTML =
            switch shown.hiding {
            case .nothing: ""
            case .values(let count): "<p class=\"hint\">\(Plural.of(count, "value is", "values are")) masked.</p>"
            case .all:
                "<p class=\"hint\">Masked as a whole: it is no JSON object, so nobody can tell what in it is sensitive.</p>"
            }
        guard !shown.bytes.isEmpty else { return Parts.empty("No body", "The request had none.") }
        let text = String(decoding: shown.bytes.prefix(Self.most), as: UTF8.self)
        let rest: HTML =
            shown.bytes.count > Self.most
            ? "<p class=\"hint\">Only the first \(HumanText.size(bytes: Self.most)); <code>postroom deliveries show \(delivery.id.description) --body</code> has all of it.</p>"
            : ""
        return "\(note)<pre class=\"body\" tabindex=\"0\">\(HTML.preformatted(text))</pre>\(rest)"
    }
}
