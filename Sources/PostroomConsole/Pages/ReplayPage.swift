import PostroomCore
import PostroomInbox

/// One replay: how far it came, what became of what it moved, and why it stopped.
enum ReplayPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        guard let id = visit.request.number("id"),
            let replay = try await visit.data.inbox.replays(id: id, limit: 1).first
        else {
            throw PageProblem.missing("There is no such replay", "The list of replays has their numbers.")
        }
        let report = try await visit.data.inbox.replayResults(id)
        return visit.page(
            "Replay \(id)",
            .replays,
            """
            \(Parts.head(
                "Replay <span class=\"id\">\(id)</span>",
                """
                \(replay.kind), asked for by \(replay.requestedBy) \(Parts.age(replay.requestedAt, visit.now))\
                \(replay.reason.map { ": \($0)" as HTML })
                """,
                actions(replay, visit)
            ))
            \(Parts.notice(visit, [
                "begun": "The replay is recorded. Workers carry it out behind what comes in.",
                "changed": "The replay was changed.",
            ]))
            \(replay.note.map { "<p class=\"banner warn\">\($0)</p>" as HTML })
            \(progress(replay, report))
            \(Parts.facts(facts(replay, visit)))
            \(report.map { groups($0, visit) })
            """
        )
    }

    /// Pauses, resumes or cancels a replay.
    static func change(_ visit: Visit) async throws -> ConsoleResponse {
        guard let id = visit.request.form["id"].flatMap({ Int64($0) }),
            let change = visit.request.form["change"].flatMap(ReplayChange.init(rawValue:))
        else { throw PageProblem.incomplete }
        _ = try await visit.data.inbox.change(replay: id, change)
        return .redirect(to: visit.links.to("replay", [("id", String(id)), ("done", "changed")]))
    }

    /// Changes the rate of a replay.
    static func changeRate(_ visit: Visit) async throws -> ConsoleResponse {
        guard let id = visit.request.form["id"].flatMap({ Int64($0) }),
            let rate = visit.request.form["rate"].flatMap({ Int($0) }), (1...100_000).contains(rate)
        else { throw PageProblem.incomplete }
        _ = try await visit.data.inbox.change(replay: id, rate: rate)
        return .redirect(to: visit.links.to("replay", [("id", String(id)), ("done", "changed")]))
    }

    private static func actions(_ replay: ReplaySummary, _ visit: Visit) -> HTML {
        func button(_ change: ReplayChange, _ label: String, _ style: String, _ question: String? = nil) -> HTML {
            let fields = [("id", String(replay.id)), ("change", change.rawValue)]
            return visit.form("replay/change", label, fields, style: style, question: question)
        }
        guard ["running", "paused"].contains(replay.state) else { return "" }
        let rate = visit.form(
            "replay/rate",
            "Set rate",
            [("id", String(replay.id))],
            """
            <input type="number" name="rate" min="1" max="100000" value="\(replay.rate)" aria-label="Jobs a second">
            """
        )
        let cancel = button(.cancel, "Cancel", "danger", "End this replay? What was moved stays moved.")
        let other =
            replay.state == "paused" ? button(.resume, "Resume", "main") : button(.pause, "Pause", "plain")
        return "\(rate)\(cancel)\(other)"
    }

    /// A bar of what was moved: ended well, still owed, dead again, and what is left.
    private static func progress(_ replay: ReplaySummary, _ report: ReplayResults?) -> HTML {
        guard let report else { return "" }
        let whole = max(replay.expected ?? report.moved, report.moved, 1)
        var start = 0
        let parts: [HTML] = [("good", report.ended), ("warn", report.untried + report.failing), ("bad", report.died)]
            .map { tone, count in
                defer { start += count }
                return
                    "<rect class=\"\(tone)\" x=\"\(start * 1000 / whole)\" width=\"\(count * 1000 / whole)\" height=\"10\"/>"
            }
        let words =
            "\(report.ended) handled, \(report.untried + report.failing) owed, \(report.died) dead again, of \(whole)"
        return """
            <svg class="progress" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label="\(words)">\
            \(parts)</svg>
            <p class="legend"><span class="state good">\(HumanText.count(report.ended)) handled</span>
            <span class="state warn">\(HumanText.count(report.untried + report.failing)) owed</span>
            <span class="state bad">\(HumanText.count(report.died)) dead again</span>
            <span class="state calm">\(HumanText.count(max(whole - report.moved, 0))) to be moved</span></p>
            """
    }

    private static func facts(_ replay: ReplaySummary, _ visit: Visit) -> [(String, HTML)] {
        [
            ("State", Parts.state(replay.state)),
            ("Selected", replay.expected.map(Parts.count) ?? "<span class=\"none\">being counted</span>"),
            ("Moved", Parts.count(replay.moved)), ("Rate", "\(HumanText.count(replay.rate)) a second"),
            ("Canary", replay.canary == 0 ? "none" : "\(replay.canary) of each handler first"),
            ("Stops by itself", replay.stopPercent.map { "if more than \($0) % fail" } ?? "if most of the canary fail"),
            ("To", replay.toHandler.map { "\($0.rawValue)" } ?? "their own handlers"),
            ("Ended", Parts.age(replay.finishedAt, visit.now)),
            ("Selection", "<code>\(replay.filter)</code>"),
        ]
    }

    private static func groups(_ report: ReplayResults, _ visit: Visit) -> HTML {
        guard !report.groups.isEmpty else { return "" }
        let columns: [TableColumn<ReplayResults.Group>] = [
            TableColumn("Handler") { group in
                let link = visit.links.to(
                    "dead-letters",
                    [("handler", group.handler), ("fingerprint", group.fingerprint)]
                )
                return "<a href=\"\(link)\">\(Parts.clipped(group.handler))</a>"
            },
            TableColumn("Letters", style: "number") { Parts.count($0.letters) },
            TableColumn("Error", style: "grow") { Parts.clipped($0.error) },
        ]
        return "<h2>Dead again</h2>\(Table.of(report.groups, columns, label: "Dead again", ifEmpty: ""))"
    }
}
