package import PostroomCore
import PostroomInbox
import PostroomSources

/// The questions of the console to the inbox.
///
/// Each is bounded: by the statement timeout of its connections, and where it searches by a time after which it says how
/// far it came.
struct ConsoleData: Sendable {
    let inbox: Inbox
    /// The sources that the program knows, with what of them is sensitive.
    let sources: SourceRegistry
    /// The endpoints that this process' configuration has.
    let endpoints: [ConfiguredEndpoint]
    /// True where a person may give a dead letter's handler another body.
    let mayEdit: Bool
    /// Says why a delivery's body names no event type though its source promises one.
    let unreadableReason: @Sendable (Delivery) -> String?

    /// The rows of a page of a list.
    static let pageSize = 50
    /// The longest time of a search.
    static let searchTime: Duration = .milliseconds(1200)
    /// The longest time that a page counts, where it is its turn.
    static let countTime: Duration = .milliseconds(300)

    /// Reads what the first page shows.
    func overview() async throws -> Overview {
        try await inbox.countFigures(for: Self.countTime)
        async let status = inbox.status(fresh: false)
        async let handlers = inbox.backlog(fresh: false)
        async let replays = inbox.replays(limit: 5)
        async let partitions = inbox.partitionOutlook()
        async let holders = inbox.snapshotHolders(heldFor: .seconds(300))
        return try await Overview(
            status: status,
            handlers: handlers,
            replays: replays,
            partitions: partitions,
            holders: holders
        )
    }

    /// Looks for deliveries.
    func deliveries(_ filter: DeliveryFilter, below start: Int64?) async throws -> Listing<DeliverySummary> {
        try await inbox.deliveries(
            filter,
            below: start,
            limit: Self.pageSize,
            lookingFor: Self.searchTime,
            reason: unreadableReason
        )
    }

    /// Looks for dead letters.
    func deadLetters(_ filter: DeadLetterFilter, below start: Int64?) async throws -> Listing<DeadLetterSummary> {
        try await inbox.deadLetters(filter, below: start, limit: Self.pageSize, lookingFor: Self.searchTime)
    }
}

/// An endpoint as the configuration has it.
package struct ConfiguredEndpoint: Hashable, Sendable {
    let name: EndpointName
    let source: Source
    let secretNames: [String]
    let expectedEvery: Duration?

    /// Describes an endpoint.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - source: Its source.
    ///   - secretNames: The references to its secrets: never a secret itself.
    ///   - expectedEvery: The time within which something is expected to come, or `nil`.
    package init(name: EndpointName, source: Source, secretNames: [String], expectedEvery: Duration?) {
        self.name = name
        self.source = source
        self.secretNames = secretNames
        self.expectedEvery = expectedEvery
    }
}

/// The figures of the first page.
struct Overview: Sendable {
    let status: InboxStatus
    let handlers: [HandlerBacklog]
    let replays: [ReplaySummary]
    let partitions: PartitionOutlook
    let holders: [SnapshotHolder]
}
