import FoundationEssentials
import PostroomAdmin
import PostroomCore
import PostroomInbox
import PostroomSources
import TestSupport

@testable import PostroomConsole

/// A console over a test's inbox, which is asked without a socket.
struct Rig: Sendable {
    static let readingToken = "a-token-for-reading-only"
    static let actingToken = "a-token-for-acting-too-0"

    let inbox: TestInbox
    let console: Console

    /// Runs a body with a console that has a login, or with other rules.
    static func with<Result: Sendable>(
        _ access: ConsoleAccess = .withTokens,
        sources: SourceRegistry = SourceRegistry(),
        _ body: @Sendable (Rig) async throws -> Result
    ) async throws -> Result {
        try await TestInbox.with { inbox in
            try await body(Rig(inbox: inbox, console: console(access, inbox.inbox, sources: sources)))
        }
    }

    /// A console over an inbox.
    static func console(
        _ access: ConsoleAccess,
        _ inbox: Inbox,
        sources: SourceRegistry = SourceRegistry(),
        endpoints: [ConfiguredEndpoint] = [],
        mayEdit: Bool = false,
        limit: Duration = .seconds(20)
    ) -> Console {
        Console(
            access: access,
            inbox: inbox,
            sources: sources,
            endpoints: endpoints,
            mayEdit: mayEdit,
            isInUse: Observed(false),
            limit: limit,
            logger: .silent,
            unreadableReason: { _ in nil }
        )
    }

    /// Asks as a browser would that has a session.
    func get(_ target: String, as role: Role = .acting, in session: Session? = nil) async -> Page {
        let session = session ?? Self.session(role)
        var request = PageRequest(target: target, headers: ["host": ["ops.example"]], peer: "192.0.2.7")
        request.headers["cookie"] = ["\(SessionCookie.name(isSecure: false))=\(session.cookie)"]
        return Page(await console.respond(to: request))
    }

    /// Sends a form as a browser would that has a session.
    func post(
        _ target: String,
        _ fields: [(String, String)],
        as role: Role = .acting,
        in session: Session? = nil,
        token: String? = nil,
        headers: [String: [String]] = [:]
    ) async -> Page {
        let session = session ?? Self.session(role)
        let form = [(FormGuard.field, token ?? session.formSecret)] + fields
        let body = form.map { FormText.encode($0.0) + "=" + FormText.encode($0.1) }.joined(separator: "&")
        var request = PageRequest(method: .post, target: target, body: Array(body.utf8), peer: "192.0.2.7")
        request.headers = headers.merging(["host": ["ops.example"]]) { first, _ in first }
        request.headers["cookie"] = ["\(SessionCookie.name(isSecure: false))=\(session.cookie)"]
        return Page(await console.respond(to: request))
    }

    static func session(_ role: Role, access: ConsoleAccess = .withTokens) -> Session {
        let token = role == .acting ? actingToken : readingToken
        guard let session = Session(token: token, name: "ada", access: access, now: now) else {
            preconditionFailure("the test's own token is refused")
        }
        return session
    }

    /// The present.
    static var now: Timestamp {
        Timestamp(Date())
    }

    /// An inbox whose database is never reached.
    static func unconnected() -> Inbox {
        Inbox(configuration: InboxConfiguration(connectionString: ""), loop: TestServer.loop, logger: .silent)
    }
}

/// An answer of the console.
struct Page: Sendable {
    let status: Int
    let headers: [String: [String]]
    let text: String

    init(_ response: PageResponse) {
        status = response.status
        text = String(decoding: response.body, as: UTF8.self)
        headers = Dictionary(grouping: response.headers) { $0.name }.mapValues { $0.map(\.value) }
    }

    /// The markup between the tags of the page's main part.
    var main: Substring {
        guard let start = text.firstRange(of: "<main"), let end = text.firstRange(of: "</main>") else {
            return text[...]
        }
        return text[start.lowerBound..<end.lowerBound]
    }
}

extension ConsoleAccess {
    /// Rules with one token of each kind.
    static var withTokens: ConsoleAccess {
        var access = ConsoleAccess(isLoopbackOnly: false)
        access.readingTokens = [Sensitive(Rig.readingToken)]
        access.actingTokens = [Sensitive(Rig.actingToken)]
        return access
    }
}
