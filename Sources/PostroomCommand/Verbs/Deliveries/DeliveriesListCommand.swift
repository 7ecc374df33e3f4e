import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom deliveries list`.
struct DeliveriesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List kept deliveries, newest first.",
        discussion: """
            A delivery is queued, owed (some handler has yet to handle it), dead (some handler gave it up) or settled.
            """
    )

    @OptionGroup(title: "Filters") var filters: DeliveryFilterOptions
    @OptionGroup var list: ListOptions
    @OptionGroup var inbox: InboxOptions

    func run() async throws {
        let now = Timestamp.now
        let filter = filters.filter(now: now)
        let limit = list.limit
        let deliveries = try await inbox.withInbox { try await $0.deliveries(filter, limit: limit) }
        try CommandOutput.write { output in
            let columns = DeliveryColumns.summary(now: now)
            output.list(deliveries, columns, asJSON: list.json, ifEmpty: "no kept delivery matches")
        }
    }
}
