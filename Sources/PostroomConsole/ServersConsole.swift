package import PostroomAdmin
import PostroomCore

/// The console where several servers share the deliveries: one for each, below its number, and a page that leads to them.
package struct ServersConsole: AdminPages {
    private let consoles: [Console]
    private let prefix: String

    /// Puts the consoles together.
    ///
    /// - Parameters:
    ///   - consoles: The consoles, each with an inbox that has a number.
    ///   - access: The rules by which people get in.
    package init(_ consoles: [Console], access: ConsoleAccess) {
        self.consoles = consoles
        self.prefix = access.prefix
    }

    /// The paths that it answers below.
    package var paths: [String] {
        [Console.path] + (prefix.isEmpty ? [] : [prefix + Console.path])
    }

    /// Answers a request: a server's console does, or the first page, which shows nothing that needs a login.
    package func respond(to request: PageRequest) async -> PageResponse {
        let base = prefix + Console.path
        let asked = ConsoleRequest(request, below: paths, base: base)
        let first = asked.path.split(separator: "/").first.map(String.init) ?? ""
        if let console = consoles.first(where: { $0.paths[0] == "\(Console.path)/\(first)" }) {
            return await console.respond(to: request)
        }
        if let asset = consoles.first?.asset(asked) {
            return asset.pageResponse
        }
        let links = Links(base: base)
        guard asked.path.isEmpty, !asked.acts else {
            return ConsoleResponse.redirect(to: links.to()).pageResponse
        }
        return ConsoleResponse.page(Layout.outside(links, title: "Servers", page(links))).pageResponse
    }

    private func page(_ links: Links) -> HTML {
        let rows: [HTML] = consoles.compactMap { console in
            guard let place = console.place, let path = console.paths[0].split(separator: "/").last else { return nil }
            let note: HTML = console.isOutOfReach ? " <span class=\"tag\">not reached</span>" : ""
            let row: HTML = "<li><a href=\"\(links.to(String(path)))\">\(place)</a>\(note)</li>"
            return row
        }
        return """
            <h1>Servers</h1><p>Each server has an inbox of its own. The id of a delivery, divided by 2<sup>48</sup>, is the \
            number of its server.</p><ul>\(rows)</ul>
            """
    }
}
