import FoundationEssentials
package import Logging
package import PostroomAdmin
package import PostroomCore
package import PostroomInbox
package import PostroomSources
import Synchronization

/// The console: pages on the admin address for the person on call.
///
/// Every page is made here, works without a script, and has its whole state in its address. Nothing is kept between requests
/// but the count of failed logins, so any process can answer any of them.
package final class Console: AdminPages {
    private let access: ConsoleAccess
    private let data: ConsoleData
    private let logger: Logger
    private let isInUse: Observed<Bool>
    private let brake = Mutex(LoginBrake())
    private let limit: Duration
    /// The paths that it answers below: its own, and that under the prefix of a proxy which passes it on.
    package let paths: [String]

    /// The path below which browsers see it.
    private let base: String
    /// The name of its server for people; `nil` where it is the only one.
    package let place: String?

    /// The path of the console on the admin address.
    package static let path = "/console"

    /// Prepares the console.
    ///
    /// - Parameters:
    ///   - access: The rules by which people get in.
    ///   - inbox: The inbox that it shows, with connections of its own; see ``ConsoleConnections``.
    ///   - sources: The sources that the program knows, with what of them is sensitive.
    ///   - endpoints: The endpoints that this process' configuration has.
    ///   - mayEdit: True where a person may give a dead letter's handler another body.
    ///   - isInUse: Is set by the first request, after which the connections are wanted.
    ///   - limit: The longest time that a page is waited for.
    ///   - logger: The log of logins that failed, and of pages that did.
    ///   - unreadableReason: Says why a delivery's body names no event type though its source promises one.
    package init(
        access: ConsoleAccess,
        inbox: Inbox,
        sources: SourceRegistry,
        endpoints: [ConfiguredEndpoint] = [],
        mayEdit: Bool = false,
        isInUse: Observed<Bool>,
        limit: Duration = .seconds(4),
        logger: Logger,
        unreadableReason: @escaping @Sendable (Delivery) -> String?
    ) {
        self.access = access
        self.data = ConsoleData(
            inbox: inbox,
            sources: sources,
            endpoints: endpoints,
            mayEdit: mayEdit,
            unreadableReason: unreadableReason
        )
        self.isInUse = isInUse
        self.limit = limit
        self.logger = logger
        let path = Self.path + (inbox.number.map { "/server-\($0)" } ?? "")
        self.place = inbox.place
        self.base = access.prefix + path
        self.paths = [path] + (access.prefix.isEmpty ? [] : [base])
    }

    /// `true` where its pages were asked for in vain.
    var isOutOfReach: Bool {
        isInUse.current && data.inbox.administrationFailure != nil
    }

    /// Answers a request.
    package func respond(to request: PageRequest) async -> PageResponse {
        let request = ConsoleRequest(request, below: paths, base: base)
        return await answer(request).pageResponse
    }

    func answer(_ request: ConsoleRequest, now: Timestamp = Timestamp(Date())) async -> ConsoleResponse {
        let links = Links(base: request.base)
        if let asset = asset(request) {
            return asset
        }
        switch access.admit(request, now: now) {
        case .refused(let reason):
            return .page(Layout.outside(links, title: "Not here", RefusalPage.body(reason)), status: 403)
        case .loginNeeded:
            return login(request, links, now)
        case .admitted(let visitor):
            if request.path == "login" || request.path == "logout" {
                return leave(request, visitor, links)
            }
            return await answer(request, of: visitor, links, now)
        }
    }

    func asset(_ request: ConsoleRequest) -> ConsoleResponse? {
        let parts = request.path.split(separator: "/")
        guard !request.acts, parts.count == 3, parts[0] == "assets",
            let asset = ConsoleAsset.all.first(where: { $0.name == parts[2] })
        else { return nil }
        return .asset(asset)
    }

    private func answer(
        _ request: ConsoleRequest,
        of visitor: Visitor,
        _ links: Links,
        _ now: Timestamp
    ) async -> ConsoleResponse {
        let guardian = FormGuard(request, session: visitor.session)
        let visit = Visit(
            request: request,
            visitor: visitor,
            formToken: guardian.token,
            links: links,
            data: data,
            now: now
        )
        let path = Route.all.filter { $0.path == request.path }
        guard let route = path.first(where: { $0.acts == request.acts }) else {
            guard path.isEmpty else { return visit.problem(405, "That can't be done here", "Use the page's own form.") }
            return visit.problem(404, "There is no such page", "The address may be of another version of the console.")
        }
        guard visitor.role >= route.role else {
            return visit.problem(
                403,
                "You may look, not act",
                "Your login is for reading only. Log in with a token of admin.console.acting-tokens to do this."
            )
        }
        if route.acts, !guardian.accepts(request) {
            return visit.problem(
                403,
                "This form is not from here, or it is too old",
                "Nothing was done. Go back, load the page again and repeat it."
            )
        }
        isInUse.update { $0 = true }
        var response = await run(route, visit)
        if let cookie = guardian.newCookie {
            response.headers.append(
                SessionCookie.field(FormGuard.cookie, cookie, isSecure: access.isSecure, length: nil)
            )
        }
        return response
    }

    /// Makes the page, and in its place says what is wrong where the database does not answer in time.
    private func run(_ route: Route, _ visit: Visit) async -> ConsoleResponse {
        do {
            let answer = try await withTimeLimit(limit) { () async throws -> ConsoleResponse in
                try await Actor.$current.withValue(visit.visitor.actor) {
                    try await visit.data.inbox.waitUntilAdministrable()
                    return try await route.answer(visit)
                }
            }
            return answer ?? visit.outage("The database did not answer within \(limit.components.seconds) s.")
        } catch let problem as PageProblem {
            return visit.problem(problem.status, problem.title, problem.advice)
        } catch let error as QueueError {
            logger.warning("A page of the console failed", metadata: ["page": "\(route.path)", "error": "\(error)"])
            guard error.kind == .unavailable else {
                let advice =
                    "\(error.description). If the schema is not this program's, 'migrate' brings it up to date."
                return visit.problem(500, "The database refused that", advice)
            }
            return visit.outage(error.description)
        } catch {
            logger.error("A page of the console failed", metadata: ["page": "\(route.path)", "error": "\(error)"])
            return visit.outage("\(error)")
        }
    }
}

// Logins.
extension Console {
    private func login(_ request: ConsoleRequest, _ links: Links, _ now: Timestamp) -> ConsoleResponse {
        let guardian = FormGuard(request, session: nil)
        func form(_ problem: String?, status: Int) -> ConsoleResponse {
            let target = request.acts ? request.form["next"] : Self.place(of: request)
            let body = LoginPage.body(links, formToken: guardian.token, next: target ?? "", problem: problem)
            var response = ConsoleResponse.page(Layout.outside(links, title: "Log in", body), status: status)
            if let cookie = guardian.newCookie {
                response.headers.append(
                    SessionCookie.field(FormGuard.cookie, cookie, isSecure: access.isSecure, length: nil)
                )
            }
            return response
        }
        guard request.acts else { return form(nil, status: request.path == "login" ? 200 : 401) }
        guard request.path == "login" else { return form("Your session has ended; nothing was done.", status: 401) }
        guard guardian.accepts(request) else { return form("The form was too old. Try again.", status: 403) }
        let clock = ContinuousClock.now
        guard brake.withLock({ $0.allows(at: clock) }) else {
            return form("Too many logins failed. Wait half a minute.", status: 429)
        }
        let token = (request.form["token"] ?? "").filter { !$0.isWhitespace }
        guard let session = Session(token: token, name: request.form["name"] ?? "", access: access, now: now) else {
            brake.withLock { $0.failed(at: clock) }
            logger.warning("A login to the console failed", metadata: ["peer": "\(request.peer ?? "unknown")"])
            return form("No token is like that.", status: 401)
        }
        var response = ConsoleResponse.redirect(to: links.safe(request.form["next"]))
        let name = SessionCookie.name(isSecure: access.isSecure)
        response.headers.append(
            SessionCookie.field(name, session.cookie, isSecure: access.isSecure, length: access.sessionLength)
        )
        logger.info("Somebody logged in to the console", metadata: ["role": "\(session.role.rawValue)"])
        return response
    }

    private func leave(_ request: ConsoleRequest, _ visitor: Visitor, _ links: Links) -> ConsoleResponse {
        var response = ConsoleResponse.redirect(to: links.to())
        let guardian = FormGuard(request, session: visitor.session)
        if request.path == "logout", request.acts, guardian.accepts(request) {
            let name = SessionCookie.name(isSecure: access.isSecure)
            response.headers.append(SessionCookie.field(name, "", isSecure: access.isSecure, length: .zero))
        }
        return response
    }

    /// The page that was asked for, below the console.
    private static func place(of request: ConsoleRequest) -> String {
        guard request.path != "login", request.path != "logout" else { return "" }
        let query = request.query.sorted { $0.key < $1.key }
            .map { FormText.encode($0.key) + "=" + FormText.encode($0.value) }
        return request.path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}
