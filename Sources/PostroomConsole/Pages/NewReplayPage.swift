import PostroomCore
import PostroomInbox

/// The page on which somebody decides how dead letters are replayed, before anything moves.
enum NewReplayPage {
    static func show(_ visit: Visit) async throws -> ConsoleResponse {
        let choice = LetterChoice(visit.request.query, now: visit.now)
        let count = try await count(choice.filter, visit)
        let selection: HTML =
            choice.fixed.isEmpty
            ? "All dead letters"
            : "Letters with \(choice.fixed.map { "<code>\($0.0) \($0.1)</code> " as HTML })"
        return visit.page(
            "New replay",
            .replays,
            """
            \(Parts.head("Replay dead letters", "\(selection): \(count)"))
            <section class="sheet">\(form(choice, visit))</section>
            <p class="hint">The selection is fixed when the replay begins: what dies later is not part of it. The canary of each
            handler goes ahead alone; the rest follows once it was tried, behind what comes in, and stops by itself where
            too much of it fails again. Each letter is moved exactly once.</p>
            """
        )
    }

    /// Reads the pace that a form asks for.
    ///
    /// - Throws: ``PageProblem`` for numbers that are none.
    static func pace(_ fields: [String: String]) throws -> ReplayPace {
        func text(_ name: String) -> String? {
            fields[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        func number(_ name: String, _ range: ClosedRange<Int32>) throws -> Int32? {
            guard let text = text(name) else { return nil }
            guard let number = Int32(text), range.contains(number) else { throw PageProblem.incomplete }
            return number
        }
        var pace = ReplayPace()
        pace.rate = try number("rate", 1...100_000)
        pace.canary = try number("canary", 0...100_000)
        pace.stopIf = try number("stop-percent", 0...99).map { "failed>\($0)%" }
        pace.toHandler = text("to").map(HandlerName.init(rawValue:))
        pace.reason = text("reason")
        return pace
    }

    /// The number of letters, where they can be counted while somebody waits.
    private static func count(_ filter: DeadLetterFilter, _ visit: Visit) async throws -> HTML {
        let count = try await withTimeLimit(ConsoleData.searchTime) { () async throws(QueueError) -> Int in
            try await visit.data.inbox.countDeadLetters(filter)
        }
        return count.map { "<strong>\(Plural.of($0, "letter", "letters"))</strong>" }
            ?? "more than can be counted in a second"
    }

    private static func form(_ choice: LetterChoice, _ visit: Visit) -> HTML {
        let all = choice.fixed.isEmpty ? [("all", "yes")] : []
        return visit.form(
            "dead-letters/replay",
            "Begin the replay",
            choice.fixed + all,
            style: "main",
            """
            <div class="fields">
            <label>Reason <small>noted in the audit</small><input type="text" name="reason" maxlength="200" accesskey="s"></label>
            <label>Rate <small>jobs a second</small><input type="number" name="rate" min="1" max="100000" placeholder="500"></label>
            <label>Canary <small>of each handler</small><input type="number" name="canary" min="0" max="100000" placeholder="20"></label>
            <label>Stop if more fail than <small>percent</small><input type="number" name="stop-percent" min="0" max="99" \
            placeholder="50, of the canary"></label>
            <label>To another handler<input type="text" name="to" placeholder="their own" autocomplete="off"></label>
            </div>
            """
        )
    }
}
