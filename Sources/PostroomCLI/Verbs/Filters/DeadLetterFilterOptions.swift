import ArgumentParser
import FoundationEssentials
import PostroomCore
import PostroomInbox

/// Which dead letters are meant: those that match every given filter.
struct DeadLetterFilterOptions: ParsableArguments {
    @Option(name: .long, help: "Only dead letters of this endpoint's deliveries.", transform: FilterText.name)
    var endpoint: String?

    @Option(
        name: .long,
        help: "Only dead letters of this event type, in the producer's spelling.",
        transform: FilterText.name
    )
    var type: String?

    @Option(name: .long, help: "Only dead letters of this handler.", transform: FilterText.name)
    var handler: String?

    @Option(
        name: .long,
        help: "Only dead letters with this reason: exhausted, permanent, undecodable or crash.",
        transform: FilterText.reason
    )
    var reason: DeathReason?

    @Option(
        name: .long,
        help: ArgumentHelp("Only what died at or after this date, time or age.", valueName: "time"),
        transform: MomentText.argument
    )
    var since: MomentText?

    @Option(
        name: .long,
        help: ArgumentHelp("Only what died before this date, time or age.", valueName: "time"),
        transform: MomentText.argument
    )
    var until: MomentText?

    @Option(
        name: .customLong("id"),
        help: ArgumentHelp("Only this dead letter; repeat it for several.", valueName: "id")
    )
    var ids: [Int64] = []

    func validate() throws {
        try FilterText.checkOrder(since, until, now: Timestamp(Date()))
    }

    /// The filter in the inbox's terms, with ages counted back from now.
    func filter(now: Timestamp) -> DeadLetterFilter {
        var filter = DeadLetterFilter()
        filter.ids = ids.isEmpty ? nil : ids
        filter.handler = handler.map(HandlerName.init(rawValue:))
        filter.eventType = type
        filter.endpoint = endpoint.map(EndpointName.init(rawValue:))
        filter.reason = reason
        filter.since = since?.resolved(now: now)
        filter.until = until?.resolved(now: now)
        return filter
    }

    /// Whether nothing is said, which means all.
    var isEmpty: Bool {
        filter(now: Timestamp(rawValue: 0)).isEmpty
    }
}
