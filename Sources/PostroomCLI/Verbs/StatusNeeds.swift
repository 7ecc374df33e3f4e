import PostroomCore
import PostroomInbox

/// The matters that need somebody, which `postroom status` says first.
struct StatusNeeds: Sendable {
    /// One line for each thing, with the command that helps.
    let lines: [String]

    /// Finds what needs somebody in a report.
    init(_ report: StatusReport) {
        let name = ProgramContext.current.name
        var lines: [String] = []
        for handler in report.handlers where handler.isOrphaned && Self.owed(handler) > 0 {
            lines.append(
                """
                no living worker has \(EscapedText.of(handler.name.rawValue)), which is owed to \
                \(Plural.of(Self.owed(handler), "delivery", "deliveries")): deploy a worker that has it, or \
                '\(name) handlers remove'
                """
            )
        }
        for handler in report.handlers where handler.isSlowed {
            lines.append(
                """
                \(EscapedText.of(handler.name.rawValue)) fails all the time and is slowed to one attempt at a time: mend it, or \
                '\(name) handlers pause'
                """
            )
        }
        for handler in report.handlers where handler.isPaused && Self.owed(handler) > 0 {
            lines.append(
                """
                \(EscapedText.of(handler.name.rawValue)) is paused, and \
                \(Plural.of(Self.owed(handler), "delivery waits", "deliveries wait")) for it: '\(name) handlers resume'
                """
            )
        }
        for replay in report.replays where replay.state == "paused" && replay.note != nil {
            lines.append("replay \(replay.id) has paused itself: '\(name) replays show \(replay.id)'")
        }
        if report.status.deadLetters > 0 {
            lines.append(
                """
                \(Plural.of(report.status.deadLetters, "dead letter waits", "dead letters wait")) for a decision: \
                '\(name) dead-letters groups'
                """
            )
        }
        if report.status.workers == 0, report.status.waitingDeliveries > 0 {
            lines.append("no worker is running, and deliveries wait: '\(name) serve'")
        }
        if let partitions = report.partitions, partitions.daysAhead < 1 {
            lines.append("partitions are not made ahead: '\(name) doctor'")
        }
        self.lines = lines
    }

    private static func owed(_ handler: HandlerBacklog) -> Int {
        handler.retriesWaiting + handler.retriesInFlight
    }
}

/// The work of all processes in the last full minute, and in the last hour.
struct FlowRates: Hashable, Sendable {
    /// Amounts of one time.
    struct Amounts: Hashable, Sendable {
        var received = 0
        var duplicates = 0
        var refused = 0
        var handled = 0
        var failed = 0
        var died = 0

        /// The amounts in words.
        var words: String {
            """
            \(HumanText.count(received)) received, \(HumanText.count(duplicates)) duplicates, \(HumanText.count(refused)) \
            refused; \(HumanText.count(handled)) handled, \(HumanText.count(failed)) failed, \(HumanText.count(died)) died
            """
        }

        /// The amounts for machines.
        var json: JSONTree {
            .object([
                JSONTree.Member("received", .integer(Int64(received))),
                JSONTree.Member("duplicates", .integer(Int64(duplicates))),
                JSONTree.Member("refused", .integer(Int64(refused))),
                JSONTree.Member("handled", .integer(Int64(handled))),
                JSONTree.Member("failed", .integer(Int64(failed))),
                JSONTree.Member("died", .integer(Int64(died))),
            ])
        }

        mutating func add(_ flow: Flow) {
            switch (flow.kind, flow.detail) {
            case ("request", "accepted"): received += flow.amount
            case ("request", "duplicate"): duplicates += flow.amount
            case ("request", "refused"): refused += flow.amount
            case ("attempt", "handled"), ("attempt", "ignored"): handled += flow.amount
            case ("attempt", "retried"), ("attempt", "timed-out"), ("attempt", "dead"): failed += flow.amount
            case ("death", _): died += flow.amount
            default: break
            }
        }
    }

    /// The amounts of the last minute that is over.
    var minute = Amounts()
    /// The amounts of the last sixty minutes and the one under way.
    var hour = Amounts()

    /// Nothing at all.
    init() {}

    /// Adds up flows.
    ///
    /// - Parameters:
    ///   - flows: The flows of the last hour.
    ///   - now: The time of the reader.
    init(_ flows: [Flow], now: Timestamp) {
        let minute: Int64 = 60_000_000
        let last = now.rawValue / minute * minute - minute
        for flow in flows {
            hour.add(flow)
            if flow.minute.rawValue == last {
                self.minute.add(flow)
            }
        }
    }

    /// True where nothing was told.
    var isEmpty: Bool {
        self == FlowRates()
    }
}
