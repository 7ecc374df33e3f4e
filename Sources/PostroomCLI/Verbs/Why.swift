import ArgumentParser
import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// `postroom deliveries why`.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say where a delivery stands at each handler, why, and what helps.",
        discussion: """
            A number is taken for an id where there is such a delivery, and else for an idempotency key. A key is found at \
            every endpoint that had it, for as long as keys are kept (retention.idempotency-keys). What was enqueued for \
            later has no id yet, and is found by its key.
            """
    )

    @Argument(help: "The delivery's id, or the sender's idempotency key.", transform: FilterText.name)
    var subject: String

    @Option(name: .long, help: "Look for the key at this endpoint only.", transform: FilterText.name)
    var endpoint: String?

    @Flag(name: .long, help: "Print JSON: an array with one object for each delivery.")
    var json = false

    @OptionGroup var inbox: InboxOptions

    /// The finding of one server.
    private struct Answer: Sendable {
        let found: [ExplainedDelivery]
        /// The events that wait under the key, where no delivery has it.
        let scheduled: [ScheduledEvent]
    }

    func run() async throws {
        let subject = subject
        let endpoint = endpoint.map(EndpointName.init(rawValue:))
        let types = EventTypes(try inbox.common.load().configuration, sources: ProgramContext.current.sources)
        let answers = try await inbox.each { inbox in
            let found = try await Self.explain(subject, at: endpoint, types, in: inbox)
            return Answer(
                found: found,
                scheduled: found.isEmpty ? try await Self.scheduled(subject, at: endpoint, in: inbox) : []
            )
        }
        let found = answers.values.flatMap(\.found)
        let scheduled = found.isEmpty ? answers.values.flatMap(\.scheduled) : []
        if found.isEmpty, scheduled.isEmpty {
            // One that was not reached may have it.
            try answers.check()
            throw Self.unknown(subject)
        }
        try CommandOutput.write { output in
            guard scheduled.isEmpty else {
                return output.list(scheduled, DeliveryColumns.scheduled(now: .now), asJSON: json, ifEmpty: "")
            }
            guard !json else { return output.json(.array(found.map(\.json))) }
            for delivery in found {
                delivery.write(to: output, now: .now)
            }
        }
        if found.allSatisfy({ $0.id.description != subject }) {
            try answers.check()
        }
    }

    /// Explains the deliveries on one server that an id or a key names.
    ///
    /// - Throws: The inbox's error.
    private static func explain(
        _ subject: String,
        at endpoint: EndpointName?,
        _ types: EventTypes,
        in inbox: Inbox
    ) async throws -> [ExplainedDelivery] {
        if let number = Int64(subject) {
            let found = try await ExplainedDelivery(DeliveryID(rawValue: number), types, in: inbox)
            if found.isKnown {
                return [found]
            }
        }
        var explained: [ExplainedDelivery] = []
        for id in try await inbox.deliveries(withKey: subject, at: endpoint) {
            explained.append(try await ExplainedDelivery(id, types, in: inbox))
        }
        return explained
    }

    /// Finds what was enqueued for later under a key.
    ///
    /// - Throws: The inbox's error.
    private static func scheduled(_ key: String, at endpoint: EndpointName?, in inbox: Inbox) async throws
        -> [ScheduledEvent]
    {
        var wanted = DeliveryFilter()
        (wanted.idempotencyKey, wanted.endpoint) = (key, endpoint)
        return try await inbox.scheduledEvents(wanted, limit: 100)
    }

    private static func unknown(_ subject: String) -> CommandFailure {
        CommandFailure(
            .failed,
            """
            no delivery has the id or the key '\(EscapedText.of(subject))'; retention may have dropped it, or its sender \
            was never answered 200
            """
        )
    }

    /// The failure where a delivery is not kept.
    static func missing(_ id: DeliveryID) -> CommandFailure {
        CommandFailure(.failed, "there is no kept delivery \(id); retention may have dropped it")
    }
}

/// A delivery with the reasons for where it stands.
struct ExplainedDelivery: Sendable {
    let id: DeliveryID
    /// The delivery, where it is kept.
    let delivery: Delivery?
    let reasons: [Explanation]
    /// The reason why its body names no event type though its source promises one.
    let unreadable: String?

    /// Reads a delivery and its reasons.
    ///
    /// - Throws: The inbox's error.
    init(_ id: DeliveryID, _ types: EventTypes, in inbox: Inbox) async throws {
        self.id = id
        self.delivery = try await inbox.delivery(id)?.delivery
        self.reasons = try await inbox.why(id)
        self.unreadable = delivery.flatMap { types.unreadableReason(of: $0)?.description }
    }

    /// True where anything of it is kept.
    var isKnown: Bool {
        delivery != nil || !reasons.isEmpty
    }

    /// The delivery for machines.
    var json: JSONTree {
        .object([
            JSONTree.Member("id", .integer(id.rawValue)),
            JSONTree.Member("received_at", .string(orNull: delivery?.receivedAt.description)),
            JSONTree.Member("endpoint", .string(orNull: delivery?.endpoint.rawValue)),
            JSONTree.Member("event_type", .string(orNull: delivery?.eventType)),
            JSONTree.Member("idempotency_key", .string(orNull: delivery?.idempotencyKey)),
            JSONTree.Member("unreadable", .string(orNull: unreadable)),
            JSONTree.Member("why", .array(reasons.map { WhyColumns.all.object($0) })),
        ])
    }

    /// Writes a line for the delivery and one for each handler.
    func write(to output: CommandOutput, now: Timestamp) {
        output.line(output.style("delivery \(id)", .bold) + facts(now: now))
        if let unreadable {
            output.note("unreadable: \(unreadable)", .yellow)
        }
        guard !reasons.isEmpty else { return output.note("there are no handlers, so that nobody owes it anything") }
        output.list(reasons, WhyColumns.all, asJSON: false, ifEmpty: "")
    }

    private func facts(now: Timestamp) -> String {
        guard let delivery else { return ", which retention has dropped" }
        let type = EscapedText.of(delivery.eventType ?? "without a type")
        return """
            , \(type) at \(EscapedText.of(delivery.endpoint.rawValue)), received \
            \(HumanText.age(of: delivery.receivedAt, now: now)), key \(EscapedText.of(delivery.idempotencyKey))
            """
    }
}

/// The columns of reasons.
enum WhyColumns {
    /// All that is known of where a delivery stands at a handler.
    static let all: [Column<Explanation>] = [
        Column("handler", widest: 40, value: { .string($0.handler.rawValue) }),
        Column("state", value: { .string($0.state) }, style: { style(ofState: $0.state) }),
        .moment("since") { $0.since },
        Column("why", key: "reason", widest: 120, value: { .string($0.reason) }),
        Column(
            "what helps",
            key: "command",
            value: { .string(orNull: $0.command.map { "\(ProgramContext.current.name) \($0)" }) }
        ),
    ]

    private static func style(ofState state: String) -> TextStyle? {
        switch state {
        case "dead", "orphaned", "unreadable": .red
        case "owed", "parked", "busy", "paused", "suspect": .yellow
        case "handled": .green
        default: .dim
        }
    }
}
