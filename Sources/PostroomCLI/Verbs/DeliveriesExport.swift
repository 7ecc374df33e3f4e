import ArgumentParser
import PostroomCore
import PostroomInbox

/// `postroom deliveries export`.
struct DeliveriesExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write kept deliveries with their headers and bodies, one JSON object a line, newest first.",
        discussion: """
            Values of headers that authenticate are not written. Sensitive values in a body, and bodies that are no JSON object, \
            are written as ••• unless --show-sensitive asks for them. It goes on to the end, page by page, however long that takes.
            """
    )

    @OptionGroup(title: "Filters") var filters: DeliveryFilterOptions
    @OptionGroup(title: "Filters") var search: DeliverySearchOptions

    @Option(name: .long, help: ArgumentHelp("Only deliveries with lower ids than this.", valueName: "id"))
    var before: Int64?

    @Option(name: .long, help: "The most to write (default: all).")
    var limit: Int?

    @Flag(name: .long, help: "Write bodies byte for byte as they were received.")
    var showSensitive = false

    @Flag(name: .long, help: "Act without a filter, on everything.")
    var all = false

    @OptionGroup var inbox: InboxOptions

    /// The deliveries of a page.
    private static let page = 200

    func validate() throws {
        guard all || limit != nil || !search.narrowing(filters.filter(now: Timestamp(rawValue: 0))).isEmpty else {
            throw ValidationError("nothing says which deliveries are meant: give a filter or --limit, or --all")
        }
        try limit.map { try OptionRange.check("--limit", $0, 1...Int.max) }
    }

    func run() async throws {
        let filter = search.narrowing(filters.filter(now: .now))
        let form: ShownBody.Form = showSensitive ? .received : .redacted
        let (before, limit) = (before, limit)
        try await inbox.withInbox { inbox in
            try await HandlerLookup.require(filter.handler, in: inbox)
            var place = before
            var left = limit ?? .max
            while left > 0 {
                let most = min(left, Self.page)
                let listing = try await inbox.deliveries(filter, below: place, limit: most)
                let bodies = try await inbox.payloads(of: listing.found.map(\.id))
                let isRead = try Self.write(listing.found, bodies, form)
                left -= listing.found.count
                guard isRead, let next = listing.stop?.before ?? listing.found.last?.id.rawValue,
                    listing.stop != nil || listing.found.count == most
                else { return }
                place = next
            }
        }
    }

    /// Writes a page.
    ///
    /// - Returns: `false` where the reader has gone.
    private static func write(
        _ found: [DeliverySummary],
        _ bodies: [DeliveryID: Delivery],
        _ form: ShownBody.Form
    ) throws -> Bool {
        var isRead = true
        try CommandOutput.write { output in
            for summary in found {
                guard let delivery = bodies[summary.id] else { continue }
                let object = DeliveryColumns.delivery(now: .now).object(delivery)
                    .adding([
                        JSONTree.Member("state", .string(summary.state)),
                        JSONTree.Member("headers", HeaderDisplay(delivery.headers).json),
                        JSONTree.Member("body", ShownBody(of: delivery, form).json),
                    ])
                output.raw(object.line + [UInt8(ascii: "\n")])
            }
            isRead = output.problem == nil
        }
        return isRead
    }
}
