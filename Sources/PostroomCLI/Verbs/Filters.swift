import ArgumentParser
import FoundationEssentials
import PostroomConfiguration
import PostroomCore
import PostroomInbox

/// The filters of kept deliveries; a delivery matches all that are given.
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

    /// A mark of no filter at all, which means everything.
    var isEmpty: Bool {
        filter(now: Timestamp(rawValue: 0)).isEmpty
    }
}

/// The filters that only lists and exports of deliveries have.
struct DeliverySearchOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "Only deliveries with this idempotency key, which are found at once.",
        transform: FilterText.name
    )
    var key: String?

    @Option(name: .long, help: "Only deliveries of this source.", transform: FilterText.name)
    var source: String?

    @Option(
        name: .long,
        help: "Only deliveries that this handler subscribes to, or with --state those in that state at it.",
        transform: FilterText.name
    )
    var handler: String?

    @Option(
        name: .long,
        help: "Only deliveries in this state: queued, owed, dead, handled, settled, unreadable or scheduled.",
        transform: FilterText.state
    )
    var state: DeliveryState?

    /// The filter with these conditions besides its own.
    func narrowing(_ filter: DeliveryFilter) -> DeliveryFilter {
        var filter = filter
        filter.idempotencyKey = key
        filter.source = source.map(Source.init(rawValue:))
        filter.handler = handler.map(HandlerName.init(rawValue:))
        filter.state = state
        return filter
    }
}

/// The filters of dead letters; a dead letter matches all that are given.
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
        help: "Only dead letters of this group, HANDLER/FINGERPRINT as 'dead-letters groups' has it.",
        transform: LetterGroupName.argument
    )
    var group: LetterGroupName?

    @Option(
        name: .long,
        help: "Only what died of this: exhausted, permanent, undecodable or crash.",
        transform: FilterText.reason
    )
    var diedOf: DeathReason?

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
        guard group == nil || handler == nil else {
            throw ValidationError("--group names its handler; leave --handler out")
        }
    }

    /// Makes the filter in the inbox's terms.
    ///
    /// - Parameters:
    ///   - now: The time that ages are counted from.
    ///   - death: The reason of death, where `--died-of` says none.
    /// - Returns: The filter.
    func filter(now: Timestamp, diedOf death: DeathReason? = nil) -> DeadLetterFilter {
        var filter = DeadLetterFilter()
        filter.ids = ids.isEmpty ? nil : ids
        filter.handler = group?.handler ?? handler.map(HandlerName.init(rawValue:))
        filter.fingerprint = group?.fingerprint
        filter.eventType = type
        filter.endpoint = endpoint.map(EndpointName.init(rawValue:))
        filter.diedOf = diedOf ?? death
        filter.since = since?.resolved(now: now)
        filter.until = until?.resolved(now: now)
        return filter
    }

    /// A mark of no filter at all, which means everything.
    var isEmpty: Bool {
        filter(now: Timestamp(rawValue: 0)).isEmpty
    }
}

/// The name of a group of dead letters: `HANDLER/FINGERPRINT`.
struct LetterGroupName: Hashable, Sendable, CustomStringConvertible {
    /// The handler.
    let handler: HandlerName
    /// The likeness of the errors.
    let fingerprint: String

    /// The name, as people copy it.
    var description: String {
        EscapedText.of("\(handler)/\(fingerprint)")
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    @Sendable
    static func argument(_ text: String) throws -> LetterGroupName {
        guard let slash = text.lastIndex(of: "/"), slash != text.startIndex, text[slash...].count > 1 else {
            throw ValidationError("expected HANDLER/FINGERPRINT, as 'dead-letters groups' has it")
        }
        return LetterGroupName(
            handler: HandlerName(rawValue: String(text[..<slash])),
            fingerprint: String(text[text.index(after: slash)...])
        )
    }
}

/// The value of `--reason`: why a person changes something, which the audit keeps.
///
/// For dead letters, a reason of death chooses those that died of it, as `--died-of` does.
struct ReasonText: Hashable, Sendable {
    /// The text.
    let text: String

    /// The reason of death that it names.
    var death: DeathReason? {
        DeathReason(rawValue: text)
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` for an empty one.
    @Sendable
    static func argument(_ text: String) throws -> ReasonText {
        ReasonText(text: try FilterText.name(text))
    }
}

/// Reads the values of filters that are plain names.
enum FilterText {
    /// Reads a name; an empty one is most likely a variable that was not set, and must not mean anything.
    ///
    /// - Throws: `ValidationError`.
    @Sendable
    static func name(_ text: String) throws -> String {
        guard !text.isEmpty else { throw ValidationError("expected a name, which is not empty") }
        return text
    }

    /// Reads a reason.
    ///
    /// - Throws: `ValidationError` that lists the reasons.
    @Sendable
    static func reason(_ text: String) throws -> DeathReason {
        guard let reason = DeathReason(rawValue: text) else {
            throw ValidationError("expected \(Suggestion.list(DeathReason.allCases.map(\.rawValue)))")
        }
        return reason
    }

    /// Reads a state of deliveries.
    ///
    /// - Throws: `ValidationError` that lists the states.
    @Sendable
    static func state(_ text: String) throws -> DeliveryState {
        guard let state = DeliveryState(rawValue: text) else {
            throw ValidationError("expected \(Suggestion.list(DeliveryState.allCases.map(\.rawValue)))")
        }
        return state
    }

    /// Checks that a range of time is one.
    ///
    /// - Throws: `ValidationError`.
    static func checkOrder(_ since: MomentText?, _ until: MomentText?, now: Timestamp) throws {
        guard let since = since?.resolved(now: now), let until = until?.resolved(now: now), since > until else {
            return
        }
        throw ValidationError("--since (\(since)) is after --until (\(until))")
    }
}

/// A moment as people say it in a filter: a date and time, or how long ago.
enum MomentText: Hashable, Sendable {
    /// At that moment.
    case at(Timestamp)
    /// A time before now.
    case ago(Duration)

    /// The forms that a filter takes, for people whose text does not fit.
    static let expectation = """
        expected a date (2026-05-31), a date and time (2026-05-31T14:30:00, UTC unless an offset such as +02:00 \
        follows), or an age (30m, 2h, 3d)
        """

    /// A hundred years, beyond which nobody means an age.
    private static let oldest: Duration = .seconds(100 * 366 * 86_400)

    /// Reads a moment.
    ///
    /// - Parameter text: A date, a date and time, or an age such as `90s`, `30m`, `2h` and `1d12h`.
    /// - Returns: The moment, or `nil` for any other text.
    static func parse(_ text: String) -> MomentText? {
        if let age = DurationText.parse(text) {
            return age <= oldest ? .ago(age) : nil
        }
        return CalendarText.parse(text).map(MomentText.at)
    }

    /// Reads the value of an option.
    ///
    /// - Throws: `ValidationError` that says what is expected.
    @Sendable
    static func argument(_ text: String) throws -> MomentText {
        guard let moment = parse(text) else { throw ValidationError(expectation) }
        return moment
    }

    /// The moment itself.
    func resolved(now: Timestamp) -> Timestamp {
        switch self {
        case .at(let moment): moment
        case .ago(let age): now + (.zero - age)
        }
    }
}
