import PostroomCore

/// A part of the console, as the navigation names it.
enum Section: String, CaseIterable {
    case now
    case deliveries
    case deadLetters = "dead-letters"
    case replays
    case handlers
    case endpoints
    case workers
    case audit

    var title: String {
        switch self {
        case .now: "Now"
        case .deliveries: "Deliveries"
        case .deadLetters: "Dead letters"
        case .replays: "Replays"
        case .handlers: "Handlers"
        case .endpoints: "Endpoints"
        case .workers: "Workers"
        case .audit: "Audit"
        }
    }

    /// The path of its first page.
    var path: String {
        self == .now ? "" : rawValue
    }

    /// The key that leads there, with the browser's modifier.
    var accessKey: String {
        switch self {
        case .now: "n"
        case .deliveries: "d"
        case .deadLetters: "l"
        case .replays: "r"
        case .handlers: "h"
        case .endpoints: "e"
        case .workers: "w"
        case .audit: "a"
        }
    }
}

/// The frame around every page.
enum Layout {
    /// A page for somebody who was let in.
    static func page(_ visit: Visit, title: String, section: Section?, body: HTML) -> HTML {
        let links = visit.links
        let tabs: [HTML] = Section.allCases.map { tab in
            let mark: HTML = tab == section ? " aria-current=\"page\"" : ""
            return """
                <a href="\(links.to(tab.path))" accesskey="\(tab.accessKey)"\(mark)>\(tab.title)</a>
                """
        }
        let role: HTML =
            visit.mayAct ? "" : "<span class=\"tag\" title=\"Actions need a token for acting.\">read only</span>"
        let logout: HTML =
            visit.visitor.session == nil
            ? ""
            : """
            <form method="post" action="\(links.to("logout"))"><input type="hidden" name="\(FormGuard.field)" \
            value="\(visit.formToken)"><button class="link">Log out</button></form>
            """
        // The answer to a form can't be read again.
        let live: HTML = visit.request.acts ? "" : " data-live"
        return document(
            links,
            title: title,
            """
            <a class="skip" href="#main">Skip to the page</a>
            <header class="top"><div class="wide">
            <a class="brand" href="\(links.to())" aria-label="Postroom, to the first page">\(mark)<span>Postroom</span></a>
            <nav aria-label="Pages">\(tabs)</nav>
            <div class="who">\(role)<span class="name" title="The name under which actions are noted">\
            \(visit.visitor.actor)</span>\(logout)</div>
            </div></header>
            <main id="main" class="wide" tabindex="-1"\(live)>\(body)</main>
            <footer class="wide"><span>Read \(Parts.clock(visit.now))</span><span class="live" hidden>\
            <label><input type="checkbox" id="live" checked accesskey="u"> keeps itself up to date</label></span>\
            <span class="keys">Keys: your browser’s access key with \
            \(Section.allCases.map { "<kbd>\($0.accessKey)</kbd> " as HTML })and <kbd>s</kbd> to search</span></footer>
            """
        )
    }

    /// A page for somebody who is not in.
    static func outside(_ links: Links, title: String, _ body: HTML) -> HTML {
        document(
            links,
            title: title,
            """
            <main id="main" class="outside"><p class="brand">\(mark)<span>Postroom</span></p>\(body)</main>
            """
        )
    }

    private static func document(_ links: Links, title: String, _ body: HTML) -> HTML {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title) · Postroom</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
        <link rel="icon" href="\(links.to(.named("icon.svg")))">
        <link rel="stylesheet" href="\(links.to(.named("console.css")))">
        <script src="\(links.to(.named("console.js")))" defer></script>
        </head><body>\(body)</body></html>
        """
    }

    private static let mark: HTML = """
        <svg viewBox="0 0 24 24" aria-hidden="true"><rect x="2.5" y="5" width="19" height="14" rx="2.5"/>\
        <path d="M3.5 7.5 12 13.5l8.5-6"/></svg>
        """
}
