/// A page or an action: its path, and what it needs.
///
/// The role is asked for here and not by the pages, so that hiding a button is a courtesy and never the guard.
struct Route: Sendable {
    let path: String
    /// True for an action, which comes by POST from a form of the console.
    let acts: Bool
    let role: Role
    let answer: @Sendable (Visit) async throws -> ConsoleResponse

    /// A page that shows.
    static func page(
        _ path: String,
        _ answer: @escaping @Sendable (Visit) async throws -> ConsoleResponse
    ) -> Route {
        Route(path: path, acts: false, role: .reading, answer: answer)
    }

    /// A form that acts.
    static func action(
        _ path: String,
        _ answer: @escaping @Sendable (Visit) async throws -> ConsoleResponse
    ) -> Route {
        Route(path: path, acts: true, role: .acting, answer: answer)
    }

    /// All pages and actions.
    static let all: [Route] = [
        .page("", NowPage.show),
        .page("deliveries", DeliveriesPage.show),
        .page("delivery", DeliveryPage.show),
        .action("delivery", DeliveryPage.reveal),
        .action("delivery/replay", DeliveryPage.replay),
        .page("dead-letters", DeadLettersPage.show),
        .page("dead-letter", DeadLetterPage.show),
        .action("dead-letter/edit", EditPage.show),
        .action("dead-letter/edited", EditPage.edit),
        .action("dead-letters/replay", DeadLettersPage.replay),
        .action("dead-letters/note", LetterGroupView.note),
        .action("dead-letters/discard", DeadLettersPage.discard),
        .page("replays", ReplaysPage.show),
        .page("replay", ReplayPage.show),
        .page("replay/new", NewReplayPage.show),
        .action("replay/change", ReplayPage.change),
        .action("replay/rate", ReplayPage.changeRate),
        .page("handlers", HandlersPage.show),
        .action("handlers/change", HandlersPage.change),
        .page("endpoints", EndpointsPage.show),
        .page("endpoint", EndpointPage.show),
        .page("workers", WorkersPage.show),
        .page("audit", AuditPage.show),
    ]
}
