import ArgumentParser
import FoundationEssentials
import PostroomCore
import PostroomInbox

/// Which kept deliveries are meant: those that match every given filter.
struct DeliveryFilterOptions: ParsableArguments {
    @Option(name: .long, help: "Only deliveries to this endpoint.", transform: FilterText.name)
    var endpoint: String?

    @Option(
        name: .long,
        help: "Only deliveries of this event type, in the producer's spelling.",
        transform: FilterText.name
    )
    var type: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only deliveries received at or after this date, time or age.", valueName: "time"),
        transform: MomentText.argument
    )
    var since: MomentText?

    @Option(
        name: .long,
        help: ArgumentHelp("Only deliveries received before this date, time or age.", valueName: "time"),
        transform: MomentText.argument
    )
    var until: MomentText?

    @Option(name: .customLong("id"), help: ArgumentHelp("Only this delivery; repeat it for several.", valueName: "id"))
    var ids: [Int64] = []

    func validate() throws {
        try FilterText.checkOrder(since, until, now: Timestamp(Date()))
    }

    /// The filter in the inbox's terms, with ages counted back from now.
    func filter(now: Timestamp) -> DeliveryFilter {
        var filter = DeliveryFilter()
        filter.ids = ids.isEmpty ? nil : ids.map(DeliveryID.init(rawValue:))
        filter.endpoint = endpoint.map(EndpointName.init(rawValue:))
        filter.eventType = type
        filter.since = since?.resolved(now: now)
        filter.until = until?.resolved(now: now)
        return filter
    }

    /// Whether nothing is said, which means all.
    var isEmpty: Bool {
        filter(now: Timestamp(rawValue: 0)).isEmpty
    }
}
