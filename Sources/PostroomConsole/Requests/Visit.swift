import PostroomCore

/// A request by somebody who was let in, and all that its page is made of.
struct Visit: Sendable {
    let request: ConsoleRequest
    let visitor: Visitor
    /// The text that each form carries.
    let formToken: String
    let links: Links
    let data: ConsoleData
    let now: Timestamp

    /// True if actions are offered.
    var mayAct: Bool {
        visitor.role >= .acting
    }

    /// A page within the console's frame.
    func page(_ title: String, _ section: Section?, _ body: HTML, status: Int = 200) -> ConsoleResponse {
        .page(Layout.page(self, title: title, section: section, body: body), status: status)
    }

    /// A page in place of another that can't be.
    func problem(_ status: Int, _ title: String, _ advice: String) -> ConsoleResponse {
        page(title, nil, "<section class=\"sheet problem\"><h1>\(title)</h1><p>\(advice)</p></section>", status: status)
    }

    /// A page in place of one that hangs, or whose database is down.
    func outage(_ reason: String) -> ConsoleResponse {
        let html: HTML = """
            <section class="banner bad" role="alert"><h1>The inbox can’t be read right now</h1>
            <p>\(reason)</p>
            <p>Receiving and handling may well go on: look at <code>/health/ready</code> and at Postgres. This page tries
            again by itself.</p></section>
            """
        return page("The inbox can’t be read", nil, html, status: 503)
    }

    /// Makes a form that acts, with a button.
    ///
    /// - Parameters:
    ///   - path: The route that it is posted to.
    ///   - label: The text of the button.
    ///   - fields: Values that go along unseen.
    ///   - style: The look of the button: `plain`, `main` or `danger`.
    ///   - question: The question that a script asks before, where there is one.
    ///   - inside: Fields that people fill in.
    /// - Returns: The form; nothing where the visitor may not act.
    func form(
        _ path: String,
        _ label: String,
        _ fields: [(String, String)],
        style: String = "plain",
        question: String? = nil,
        _ inside: HTML = ""
    ) -> HTML {
        guard mayAct else { return "" }
        let hidden: [HTML] = ([(FormGuard.field, formToken)] + fields)
            .map { name, value in
                "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
            }
        let confirm: HTML = question.map { " data-confirm=\"\($0)\"" } ?? ""
        return """
            <form method="post" action="\(links.to(path))" class="act"\(confirm)>\(hidden)\(inside)\
            <button class="\(style)">\(label)</button></form>
            """
    }
}

/// The reason for which there is no page.
struct PageProblem: Error {
    let status: Int
    let title: String
    let advice: String

    /// A form lacks something, or has something that can't be.
    static let incomplete = PageProblem(
        status: 400,
        title: "Nothing was done",
        advice: "The form was not whole, or a number in it can’t be. Go back, and look at its fields."
    )

    /// Something that the address names is not there.
    static func missing(_ title: String, _ advice: String) -> PageProblem {
        PageProblem(status: 404, title: title, advice: advice)
    }
}

/// The addresses of the console's pages.
struct Links: Sendable {
    /// The path that a browser sees the console under.
    let base: String

    /// The address of a page, with those parameters that have a value.
    func to(_ path: String = "", _ parameters: [(String, String?)] = []) -> String {
        let query = parameters.compactMap { name, value in
            value.map { FormText.encode(name) + "=" + FormText.encode($0) }
        }
        let place = path.isEmpty ? base : "\(base)/\(path)"
        return place + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    /// The address of a file, which changes with its content.
    func to(_ asset: ConsoleAsset) -> String {
        "\(base)/assets/\(asset.version)/\(asset.name)"
    }

    /// The address that a login leads on to, if it is one of the console's own.
    func safe(_ place: String?) -> String {
        guard let place, !place.isEmpty, place.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return base }
        return "\(base)/\(place)"
    }
}
