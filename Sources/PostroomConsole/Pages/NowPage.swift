import PostroomCore
import PostroomInbox

/// The first page: one sentence, what needs somebody, and the last hour.
enum NowPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        async let rates = visit.data.rates(now: visit.now)
        let overview = try await visit.data.overview()
        let concerns = Concern.all(overview, visit)
        let needs: HTML =
            concerns.isEmpty
            ? ""
            : "<section class=\"sheet\" aria-labelledby=\"needs\"><h2 id=\"needs\">Needs you</h2><ul class=\"needs\">\(concerns.map(\.html))</ul></section>"
        return visit.page(
            "Now",
            .now,
            """
            \(Parts.head(sentence(overview, concerns)))
            \(needs)
            <section aria-label="The last hour" class="charts">\(try await charts(rates))</section>
            \(figures(overview, visit))
            """
        )
    }

    /// The state of the inbox in one sentence.
    private static func sentence(_ overview: Overview, _ concerns: [Concern]) -> HTML {
        let status = overview.status
        let waiting = status.waitingDeliveries + status.retriesDue
        let urgent = concerns.count { $0.isUrgent }
        if urgent > 0 {
            return "\(Plural.of(urgent, "thing needs", "things need")) you now."
        }
        if let oldest = status.oldestWaiting, oldest > .seconds(60) {
            return "Deliveries wait: the oldest for \(HumanText.duration(oldest))."
        }
        if waiting > 0 {
            return "All is moving: \(Plural.of(waiting, "delivery is", "deliveries are")) on the way to handlers."
        }
        if !concerns.isEmpty {
            return "Nothing waits. \(Plural.of(concerns.count, "thing is", "things are")) worth a look."
        }
        return "All is well: nothing waits."
    }

    private static func charts(_ rates: Rates) -> [HTML] {
        let perMinute: @Sendable (Double) -> String = { "\(HumanText.count(Int($0.rounded())))/min" }
        return [
            Chart(title: "Received", values: rates.received, tone: "calm", label: perMinute).html,
            Chart(title: "Handled", values: rates.handled, tone: "good", label: perMinute).html,
            Chart(title: "Failed attempts", values: rates.failed, tone: "bad", label: perMinute).html,
            Chart(title: "Oldest owed", values: rates.oldestOwed, tone: "warn", isDuration: true) { seconds in
                seconds == 0 ? "0s" : HumanText.duration(.milliseconds(Int64(seconds * 1000)))
            }
            .html,
        ]
    }

    private static func figures(_ overview: Overview, _ visit: Visit) -> HTML {
        let status = overview.status
        let links = visit.links
        func figure(_ label: String, _ value: HTML, _ note: HTML, _ link: String) -> HTML {
            "<a class=\"figure\" href=\"\(link)\"><span>\(label)</span><strong>\(value)</strong><small>\(note)</small></a>"
        }
        let wait: HTML = status.oldestWaiting.map { "the oldest for \(HumanText.duration($0))" } ?? "none waits"
        return """
            <section class="figures" aria-label="Counts">
            \(figure("Waiting", Parts.count(status.waitingDeliveries), wait, links.to("deliveries", [("state", "queued")])))
            \(figure("In hand", Parts.count(status.deliveriesInFlight), "at workers now", links.to("workers")))
            \(figure("Owed", Parts.count(status.retriesWaiting), "\(HumanText.count(status.retriesDue)) due", links.to("handlers")))
            \(figure("Dead letters", Parts.count(status.deadLetters), "not tried again", links.to("dead-letters")))
            \(figure("Workers", Parts.count(status.workers), "alive", links.to("workers")))
            \(figure("Replays", Parts.count(status.replaysRunning), "under way", links.to("replays")))
            </section>
            """
    }
}

/// Something that needs somebody, and the way to mend it.
struct Concern {
    /// True if something waits or is lost for as long as nobody does anything.
    let isUrgent: Bool
    let text: HTML
    let link: String
    let command: String

    var html: HTML {
        """
        <li class="\(isUrgent ? "bad" : "warn")"><a href="\(link)">\(text)</a>\(Parts.command(command))</li>
        """
    }

    /// The concerns of an overview, the urgent ones first.
    static func all(_ overview: Overview, _ visit: Visit) -> [Concern] {
        let found = ofHandlers(overview, visit) + ofReplays(overview, visit) + ofDatabase(overview, visit)
        return found.filter(\.isUrgent) + found.filter { !$0.isUrgent }
    }

    private static func ofHandlers(_ overview: Overview, _ visit: Visit) -> [Concern] {
        let links = visit.links
        var concerns: [Concern] = []
        for handler in overview.handlers where !handler.isRemoved {
            let name = handler.name.rawValue
            if handler.isOrphaned, handler.retriesWaiting > 0, !handler.isPaused {
                concerns.append(
                    Concern(
                        isUrgent: true,
                        text: """
                            No living worker has <strong>\(name)</strong>, and \
                            \(Plural.of(handler.retriesWaiting, "job waits", "jobs wait")) for it.
                            """,
                        link: links.to("handlers", [("name", name)]),
                        command: "handlers remove \(name)"
                    )
                )
            }
            if handler.deadLetters > 0 {
                let newest = handler.lastDiedAt.map { ", the last \(HumanText.age(of: $0, now: visit.now))" } ?? ""
                concerns.append(
                    Concern(
                        isUrgent: handler.lastDiedAt.map { visit.now.rawValue - $0.rawValue < 3_600_000_000 } ?? false,
                        text: """
                            <strong>\(name)</strong> has \(Plural.of(handler.deadLetters, "dead letter", "dead letters"))\(newest).
                            """,
                        link: links.to("dead-letters", [("handler", name)]),
                        command: "dead-letters list --handler \(name)"
                    )
                )
            }
            if handler.isPaused {
                concerns.append(
                    Concern(
                        isUrgent: false,
                        text:
                            "<strong>\(name)</strong> is paused; \(Plural.of(handler.retriesWaiting, "job waits", "jobs wait")).",
                        link: links.to("handlers", [("name", name)]),
                        command: "handlers resume \(name)"
                    )
                )
            }
        }
        if overview.status.workers == 0, overview.status.handlers > 0 {
            concerns.append(
                Concern(
                    isUrgent: true,
                    text: "No worker is alive, so nothing is handled.",
                    link: links.to("workers"),
                    command: "serve --role worker"
                )
            )
        }
        return concerns
    }

    private static func ofReplays(_ overview: Overview, _ visit: Visit) -> [Concern] {
        overview.replays.filter { $0.state == "paused" }
            .map { replay in
                Concern(
                    isUrgent: false,
                    text: "Replay \(replay.id) is paused\(replay.note.map { ": " + $0 } ?? "").",
                    link: visit.links.to("replay", [("id", String(replay.id))]),
                    command: "replays show \(replay.id)"
                )
            }
    }

    private static func ofDatabase(_ overview: Overview, _ visit: Visit) -> [Concern] {
        var concerns: [Concern] = []
        if overview.partitions.daysAhead < 2 {
            concerns.append(
                Concern(
                    isUrgent: overview.partitions.daysAhead < 1,
                    text:
                        "Partitions are made for \(overview.partitions.daysAhead) days ahead: \(overview.partitions.advice).",
                    link: visit.links.to("workers"),
                    command: "doctor"
                )
            )
        }
        if let holder = overview.holders.first {
            let time = holder.heldFor.map { " for \(HumanText.duration($0))" } ?? ""
            concerns.append(
                Concern(
                    isUrgent: false,
                    text: "\(holder.holder) holds an old snapshot\(time), so tables grow.",
                    link: visit.links.to("workers"),
                    command: "status"
                )
            )
        }
        return concerns
    }
}
