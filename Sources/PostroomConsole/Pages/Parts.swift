import PostroomCore

/// Pieces that many pages have.
enum Parts {
    /// A moment as a distance, with the moment itself as its title.
    static func age(_ moment: Timestamp, _ now: Timestamp) -> HTML {
        let text = clockText(moment)
        return """
            <time datetime="\(moment.description)" title="\(text) UTC">\(HumanText.age(of: moment, now: now))</time>
            """
    }

    static func age(_ moment: Timestamp?, _ now: Timestamp) -> HTML {
        moment.map { age($0, now) } ?? nothing
    }

    /// A moment itself.
    static func clock(_ moment: Timestamp) -> HTML {
        "<time datetime=\"\(moment.description)\">\(clockText(moment)) UTC</time>"
    }

    /// The day and the time to the second, in UTC.
    static func clockText(_ moment: Timestamp) -> String {
        String(moment.description.prefix(19)).replacing("T", with: " ")
    }

    /// A place without a value.
    static let nothing: HTML = "<span class=\"none\">–</span>"

    /// A text that may be missing.
    static func text(_ text: String?) -> HTML {
        text.map { "\($0)" } ?? nothing
    }

    static func count(_ number: Int) -> HTML {
        number == 0 ? "<span class=\"none\">0</span>" : "\(HumanText.count(number))"
    }

    static func duration(_ duration: Duration?) -> HTML {
        duration.map { "\(HumanText.duration($0))" } ?? nothing
    }

    static func bytes(_ bytes: Int) -> HTML {
        "\(HumanText.size(bytes: bytes))"
    }

    /// A state with the colour of its meaning.
    static func state(_ state: String) -> HTML {
        "<span class=\"state \(tone(state))\">\(state)</span>"
    }

    private static func tone(_ state: String) -> HTML {
        switch state {
        case "handled", "settled", "done": "good"
        case "dead", "failed", "orphaned", "suspect": "bad"
        case "owed", "paused", "removed", "cancelled", "unreadable", "slowed", "busy": "warn"
        case "queued", "running": "live"
        default: "calm"
        }
    }

    /// A text in which a long one is cut by the width that there is, and whole as the title.
    static func clipped(_ text: String) -> HTML {
        "<span class=\"clip\" title=\"\(text)\">\(text)</span>"
    }

    /// A line that a person can copy.
    static func command(_ line: String) -> HTML {
        "<code class=\"command\">\(line)</code>"
    }

    /// A head of a page.
    static func head(_ title: HTML, _ lead: HTML? = nil, _ actions: HTML = "") -> HTML {
        let lead: HTML = lead.map { "<p class=\"lead\">\($0)</p>" } ?? ""
        return "<div class=\"head\"><div><h1>\(title)</h1>\(lead)</div><div class=\"actions\">\(actions)</div></div>"
    }

    /// Words in place of a list that is empty.
    static func empty(_ title: HTML, _ explanation: HTML) -> HTML {
        "<div class=\"empty\"><p class=\"title\">\(title)</p><p>\(explanation)</p></div>"
    }

    /// Pairs of a name and a value.
    static func facts(_ facts: [(String, HTML)]) -> HTML {
        let rows: [HTML] = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }
        return "<dl class=\"facts\">\(rows)</dl>"
    }

    /// The notice of what was done, by a word in the address; an address can't make others.
    static func notice(_ visit: Visit, _ texts: [String: HTML]) -> HTML {
        guard let text = visit.request.text("done").flatMap({ texts[$0] }) else { return "" }
        return "<p class=\"banner good\" role=\"status\">\(text)</p>"
    }

    /// The way to older entries of a list, and back to the newest.
    static func pager(newest: String?, older: String?, note: HTML = "") -> HTML {
        guard newest != nil || older != nil else { return note }
        let first: HTML = newest.map { "<a href=\"\($0)\" rel=\"first\">← Newest</a>" } ?? "<span></span>"
        let next: HTML = older.map { "<a href=\"\($0)\" rel=\"next\" accesskey=\".\">Older →</a>" } ?? "<span></span>"
        return "<nav class=\"pager\" aria-label=\"More of the list\">\(first)\(note)\(next)</nav>"
    }
}

/// A column of a table.
struct TableColumn<Row> {
    let title: String
    var style: HTML = ""
    let cell: (Row) -> HTML

    /// A column of texts.
    init(_ title: String, _ cell: @escaping (Row) -> HTML) {
        self.title = title
        self.cell = cell
    }

    /// A column of figures, or of another style.
    init(_ title: String, style: HTML, _ cell: @escaping (Row) -> HTML) {
        self.title = title
        self.style = style
        self.cell = cell
    }
}

/// Tables, whose rows become cards on a narrow screen.
enum Table {
    static func of<Row>(_ rows: [Row], _ columns: [TableColumn<Row>], label: String, ifEmpty: HTML) -> HTML {
        guard !rows.isEmpty else { return ifEmpty }
        let head: [HTML] = columns.map { "<th scope=\"col\" class=\"\($0.style)\">\($0.title)</th>" }
        let body: [HTML] = rows.map { row in
            let cells: [HTML] = columns.map { column in
                "<td class=\"\(column.style)\" data-label=\"\(column.title)\">\(column.cell(row))</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        return """
            <div class="table"><table aria-label="\(label)"><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>
            """
    }
}

/// Fields of forms for filters.
enum Filter {
    /// A form that leads to a list with a filter; its whole state is in the address.
    static func form(_ action: String, _ fields: HTML, isSet: Bool) -> HTML {
        let clear: HTML = isSet ? "<a class=\"button\" href=\"\(action)\">Clear</a>" : ""
        return """
            <form class="filter" method="get" action="\(action)" role="search">\(fields)\
            <div class="go"><button class="main">Search</button>\(clear)</div></form>
            """
    }

    /// A field for a text.
    static func text(
        _ visit: Visit,
        _ name: String,
        _ label: String,
        hint: String = "",
        isFirst: Bool = false
    ) -> HTML {
        let key: HTML = isFirst ? " accesskey=\"s\"" : ""
        return """
            <label>\(label)<input type="text" name="\(name)" value="\(visit.request.query[name] ?? "")" \
            placeholder="\(hint)" autocomplete="off" spellcheck="false"\(key)></label>
            """
    }

    /// A field for one of some values.
    static func choice(_ visit: Visit, _ name: String, _ label: String, _ values: [String]) -> HTML {
        let options: [HTML] = values.map { value in
            let mark: HTML = visit.request.query[name] == value ? " selected" : ""
            return "<option\(mark)>\(value)</option>"
        }
        return "<label>\(label)<select name=\"\(name)\"><option value=\"\">any</option>\(options)</select></label>"
    }

    /// The moment that a field names: an age such as `2h`, or a day and a time in UTC.
    static func moment(_ text: String?, now: Timestamp) -> Timestamp? {
        guard let text else { return nil }
        if let unit = text.last, let number = Int64(text.dropLast()), number >= 0, number < 100_000_000 {
            let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
            if let factor = seconds[unit] {
                return Timestamp(rawValue: now.rawValue - number * factor * 1_000_000)
            }
        }
        return CalendarText.parse(text)
    }
}
