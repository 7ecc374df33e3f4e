import PostroomCore
import PostroomInbox

/// The groups of dead letters: those of one handler with one cause.
enum LetterGroupView {
    private static let most = 20

    /// Shows the groups above the letters: all of a handler, or the one that the filter names.
    static func html(_ filter: DeadLetterFilter, _ visit: Visit) async throws -> HTML {
        guard filter.eventType == nil, filter.endpoint == nil, filter.diedOf == nil else { return "" }
        try await visit.data.inbox.countFigures(for: ConsoleData.countTime)
        let groups = try await visit.data.inbox.letterGroups(
            handler: filter.handler,
            fingerprint: filter.fingerprint,
            limit: most,
            fresh: false
        )
        if let group = groups.first, filter.fingerprint != nil {
            return html(group, visit)
        }
        guard !groups.isEmpty else { return "" }
        return """
            <h2>By cause</h2>\(Table.of(groups, columns(visit), label: "Groups of dead letters", ifEmpty: ""))
            <h2>Each letter</h2>
            """
    }

    /// Writes a note about a group, in place of the one before.
    static func note(_ visit: Visit) async throws -> ConsoleResponse {
        guard let handler = visit.request.form["handler"], let fingerprint = visit.request.form["fingerprint"],
            let note = visit.request.form["note"], note.utf8.count <= 2000
        else { throw PageProblem.incomplete }
        try await visit.data.inbox.note(note, on: HandlerName(rawValue: handler), fingerprint)
        let group = [("handler", Optional(handler)), ("fingerprint", Optional(fingerprint))]
        return .redirect(to: visit.links.to("dead-letters", group + [("done", "noted")]))
    }

    private static func columns(_ visit: Visit) -> [TableColumn<LetterGroup>] {
        [
            TableColumn("Handler") { group in
                let link = visit.links.to(
                    "dead-letters",
                    [("handler", group.handler.rawValue), ("fingerprint", group.fingerprint)]
                )
                return "<a href=\"\(link)\"><strong>\(Parts.clipped(group.handler.rawValue))</strong></a>"
            },
            TableColumn("Letters", style: "number") { Parts.count($0.letters) },
            TableColumn("First") { Parts.age($0.firstDiedAt, visit.now) },
            TableColumn("Last") { Parts.age($0.lastDiedAt, visit.now) },
            TableColumn("Died of") { "<span class=\"state bad\">\($0.diedOf)</span>" },
            TableColumn("Error of the newest", style: "grow") { group in
                let note: HTML = group.note.map { "<small class=\"patterns\">\($0)</small>" } ?? ""
                return "\(Parts.clipped(group.error ?? "gone meanwhile"))\(note)"
            },
        ]
    }

    private static func html(_ group: LetterGroup, _ visit: Visit) -> HTML {
        let noted: HTML = group.noted(visit.now)
        let note = visit.form(
            "dead-letters/note",
            "Keep note",
            [("handler", group.handler.rawValue), ("fingerprint", group.fingerprint)],
            """
            <input type="text" name="note" value="\(group.note ?? "")" maxlength="500" aria-label="Note about this group" \
            placeholder="What is known about it, for the next on call">
            """
        )
        return """
            <section class="sheet group"><h2>\(group.handler.rawValue): \(Plural.of(group.letters, "letter", "letters")) of one cause</h2>
            <pre class="error">\(HTML.preformatted(group.error ?? "The newest letter is gone meanwhile."))</pre>
            \(Parts.facts([
                ("First died", Parts.age(group.firstDiedAt, visit.now)),
                ("Last died", Parts.age(group.lastDiedAt, visit.now)),
                ("Died of", "<span class=\"state bad\">\(group.diedOf)</span>"),
                ("Note", noted),
            ]))
            <p class="kinds">Of \(group.types.map { "<code>\($0)</code> " as HTML }) at \
            \(group.endpoints.map { "<code>\($0)</code> " as HTML })</p>
            \(note)</section>
            """
    }
}

extension LetterGroup {
    /// The note with who wrote it and when.
    fileprivate func noted(_ now: Timestamp) -> HTML {
        guard let note else { return Parts.nothing }
        return "\(note) <small>\(author ?? "") \(Parts.age(notedAt, now))</small>"
    }
}
