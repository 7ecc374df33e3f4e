import PostroomCore
import PostroomInbox

/// The dead letters, with a search.
enum DeadLettersPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let before = visit.request.number("before")
        let choice = LetterChoice(visit.request.query, now: visit.now)
        let filter = choice.filter
        let listing = try await visit.data.deadLetters(filter, below: before)
        let groups = before == nil ? try await LetterGroupView.html(filter, visit) : ""
        let set = choice.parameters
        let older = listing.stop?.before ?? (listing.found.count == ConsoleData.pageSize ? listing.found.last?.id : nil)
        return visit.page(
            "Dead letters",
            .deadLetters,
            """
            \(Parts.head("Dead letters", "Jobs that will not be tried again by themselves.", actions(visit, choice)))
            \(Parts.notice(visit, [
                "discarded": "The letters were discarded for good.", "noted": "The note is kept.",
            ]))
            \(search(visit, isSet: !filter.isEmpty))
            \(groups)
            \(Table.of(listing.found, columns(visit), label: "Dead letters", ifEmpty: empty(filter, listing.stop != nil)))
            \(Parts.pager(
                newest: before == nil ? nil : visit.links.to("dead-letters", set),
                older: older.map { visit.links.to("dead-letters", set + [("before", String($0))]) }
            ))
            """
        )
    }

    /// Records a replay of the letters that the form's filter means.
    static func replay(_ visit: Visit) async throws -> ConsoleResponse {
        let choice = LetterChoice(visit.request.form, now: visit.now)
        let number = try await visit.data.inbox.replayDeadLetters(
            choice.filter,
            pace: try NewReplayPage.pace(visit.request.form),
            everything: choice.filter.isEmpty && visit.request.form["all"] == "yes"
        )
        return .redirect(to: visit.links.to("replay", [("id", String(number)), ("done", "begun")]))
    }

    /// Deletes the letters that the form's filter means.
    static func discard(_ visit: Visit) async throws -> ConsoleResponse {
        let choice = LetterChoice(visit.request.form, now: visit.now)
        let reason = visit.request.form["reason"].flatMap { $0.isEmpty ? nil : $0 }
        _ = try await visit.data.inbox.discardDeadLetters(choice.filter, everything: false, because: reason)
        return .redirect(to: visit.links.to("dead-letters", [("done", "discarded")]))
    }

    private static func actions(_ visit: Visit, _ choice: LetterChoice) -> HTML {
        guard visit.mayAct else { return "" }
        let isAll = choice.filter.isEmpty
        let link = visit.links.to("replay/new", choice.fixed.map { ($0.0, Optional($0.1)) })
        let replay: HTML =
            "<a class=\"button main\" href=\"\(link)\">\(isAll ? "Replay all…" : "Replay what matches…")</a>"
        guard !isAll else { return replay }
        return """
            \(visit.form(
                "dead-letters/discard",
                "Discard what matches",
                choice.fixed,
                style: "danger",
                question: "Delete all letters that match for good? Nobody can bring them back."
            ))\(replay)
            """
    }

    private static func search(_ visit: Visit, isSet: Bool) -> HTML {
        Filter.form(
            visit.links.to("dead-letters"),
            """
            \(Filter.text(visit, "handler", "Handler", hint: "crm.sync", isFirst: true))
            \(Filter.text(visit, "type", "Event type"))
            \(Filter.text(visit, "endpoint", "Endpoint"))
            \(Filter.choice(visit, "died-of", "Died of", DeathReason.allCases.map(\.rawValue)))
            \(Filter.text(visit, "since", "Died since", hint: "2h"))
            \(Filter.text(visit, "until", "Until"))
            """,
            isSet: isSet
        )
    }

    private static func columns(_ visit: Visit) -> [TableColumn<DeadLetterSummary>] {
        [
            TableColumn("Letter") { letter in
                let link = visit.links.to("dead-letter", [("id", String(letter.id))])
                return "<a class=\"id\" href=\"\(link)\">\(letter.id)</a>"
            },
            TableColumn("Died") { Parts.age($0.diedAt, visit.now) },
            TableColumn("Handler") { letter in
                let link = visit.links.to("dead-letters", [("handler", letter.handler.rawValue)])
                return "<a href=\"\(link)\">\(Parts.clipped(letter.handler.rawValue))</a>"
            },
            TableColumn("Event type") { $0.eventType.map(Parts.clipped) ?? Parts.nothing },
            TableColumn("Died of") { "<span class=\"state bad\">\($0.reason)</span>" },
            TableColumn("Attempts", style: "number") { Parts.count($0.failedAttempts) },
            TableColumn("Last error", style: "grow") { Parts.clipped($0.error) },
        ]
    }

    private static func empty(_ filter: DeadLetterFilter, _ gaveUp: Bool) -> HTML {
        if gaveUp {
            return Parts.empty(
                "Nothing found so far",
                "Few letters match, so this takes several steps: go on with Older."
            )
        }
        return filter.isEmpty
            ? Parts.empty("No dead letters", "Every job was handled, or is still tried. This is how it should be.")
            : Parts.empty(
                "No dead letter matches",
                "They may have been replayed: <a href=\"replays\">see the replays</a>."
            )
    }
}

/// One dead letter with its history.
enum DeadLetterPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        guard let id = visit.request.number("id"), let letter = try await visit.data.inbox.deadLetter(id) else {
            throw PageProblem.missing(
                "There is no such dead letter",
                "It may have been replayed or discarded meanwhile: the audit tells."
            )
        }
        let summary = letter.summary
        let fields = [("letter", String(id))]
        let discard = visit.form(
            "dead-letters/discard",
            "Discard",
            fields,
            style: "danger",
            question: "Delete this letter for good?"
        )
        let edit: HTML = visit.data.mayEdit ? visit.form("dead-letter/edit", "Edit…", fields) : ""
        let actions: HTML = "\(discard)\(edit)\(visit.form("dead-letters/replay", "Replay", fields, style: "main"))"
        let repetitions = try await visit.data.inbox.repetitions(of: summary.deliveryID)
        let delivery = visit.links.to("delivery", [("id", summary.deliveryID.description)])
        return visit.page(
            "Dead letter \(id)",
            .deadLetters,
            """
            \(Parts.head(
                "Dead letter <span class=\"id\">\(id)</span>",
                """
                <strong>\(summary.handler.rawValue)</strong> gave up <a href="\(delivery)">delivery \
                \(summary.deliveryID.description)</a> \(Parts.age(summary.diedAt, visit.now))
                """,
                actions
            ))
            \(Parts.facts([
                ("Died of", "<span class=\"state bad\">\(summary.reason)</span>"),
                ("Failed attempts", Parts.count(summary.failedAttempts)),
                ("Endpoint", "\(summary.endpoint.rawValue)"), ("Event type", Parts.text(summary.eventType)),
                ("Died", Parts.clock(summary.diedAt)),
            ]))
            <h2>Last error</h2><pre class="error">\(HTML.preformatted(summary.error))</pre>
            \(RequestView(delivery: letter.delivery, repetitions: repetitions, isRevealed: false, visit: visit).html)
            """
        )
    }
}

/// A choice of dead letters, as an address or a form names it.
struct LetterChoice {
    /// The filter.
    let filter: DeadLetterFilter
    /// The parameters as they were given, for addresses.
    let parameters: [(String, String?)]
    /// The parameters with moments in place of ages, so that a form means what its page showed.
    let fixed: [(String, String)]

    private static let names = ["handler", "fingerprint", "type", "endpoint", "died-of", "since", "until"]

    /// Reads a choice.
    init(_ fields: [String: String], now: Timestamp) {
        func text(_ name: String) -> String? {
            fields[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        var filter = DeadLetterFilter()
        filter.ids = text("letter").flatMap { Int64($0) }.map { [$0] }
        filter.handler = text("handler").map(HandlerName.init(rawValue:))
        filter.fingerprint = text("fingerprint")
        filter.eventType = text("type")
        filter.endpoint = text("endpoint").map(EndpointName.init(rawValue:))
        filter.diedOf = text("died-of").flatMap(DeathReason.init(rawValue:))
        filter.since = Filter.moment(text("since"), now: now)
        filter.until = Filter.moment(text("until"), now: now)
        self.filter = filter
        parameters = Self.names.map { ($0, text($0)) }
        let moments = ["since": filter.since?.description, "until": filter.until?.description]
        fixed = Self.names.compactMap { name in
            (moments[name] ?? text(name)).map { (name, $0) }
        }
    }
}
