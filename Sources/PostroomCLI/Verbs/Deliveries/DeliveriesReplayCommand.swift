import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom deliveries replay`.
struct DeliveriesReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Put kept deliveries through handlers again, at the inbox's pace.",
        discussion: """
            Every handler that subscribes to a delivery runs on it again, whether or not it has handled it before; with \
            --handler only that one. It is also how a new handler gets what came before it was there.
            """
    )

    @Option(name: .long, help: "Only this handler gets them.", transform: FilterText.name)
    var handler: String?

    @OptionGroup(title: "Filters") var filters: DeliveryFilterOptions
    @OptionGroup var action: ActionOptions
    @OptionGroup var inbox: InboxOptions

    func validate() throws {
        try action.checkScope(
            isFiltered: !filters.isEmpty,
            "deliveries",
            "--endpoint, --type, --since, --until or --id"
        )
    }

    func run() async throws {
        let filter = filters.filter(now: .now)
        let handler = handler.map(HandlerName.init(rawValue:))
        guard !action.dryRun else {
            let count = try await inbox.withInbox { inbox in
                try await HandlerLookup.require(handler, in: inbox)
                return try await inbox.countDeliveries(filter)
            }
            return try CommandOutput.write {
                $0.line(Plural.of(count, "delivery", "deliveries") + " would be replayed")
            }
        }
        let everything = action.all
        let replay = try await inbox.withInbox { inbox in
            try await inbox.replayDeliveries(filter, to: handler, everything: everything)
        }
        try ReplayNotice.write(replay)
    }
}
