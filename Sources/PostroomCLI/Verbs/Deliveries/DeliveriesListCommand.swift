import ArgumentParser
import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// `postroom deliveries list`.
struct DeliveriesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List kept deliveries, newest first.",
        discussion: """
            A delivery is queued, owed (some handler has yet to handle it), dead (some handler gave it up) or settled. It \
            is unreadable beside that where its body names no event type though its source promises one: only handlers of \
            every event got it, and after an update that can read it 'deliveries replay' brings it to the others.

            A filter that hardly anything matches is looked for during some seconds; then the status is 75, and the error \
            says how to go on.
            """
    )

    @OptionGroup(title: "Filters") var filters: DeliveryFilterOptions

    @Option(
        name: .long,
        help: "Only deliveries in this state: queued, owed, dead, settled or unreadable.",
        transform: FilterText.state
    )
    var state: DeliveryState?

    @Option(name: .long, help: ArgumentHelp("Only deliveries with lower ids than this.", valueName: "id"))
    var before: Int64?

    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let now = Timestamp.now
        var filter = filters.filter(now: now)
        filter.state = state
        let wanted = filter
        let limit = list.limit
        let before = before
        let types = EventTypes(try inbox.common.load().configuration)
        let listing = try await inbox.withInbox { inbox in
            try await inbox.deliveries(wanted, below: before, limit: limit) {
                types.unreadableReason(of: $0)?.description
            }
        }
        try CommandOutput.write { output in
            let columns = DeliveryColumns.summary(now: now, unreadable: wanted.state == .unreadable)
            output.list(listing.found, columns, asJSON: list.json, ifEmpty: "no kept delivery matches")
        }
        try SearchNotice.check(listing, limit: limit, "deliveries")
    }
}
