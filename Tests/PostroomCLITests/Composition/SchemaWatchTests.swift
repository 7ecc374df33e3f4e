import PostroomAdmin
import PostroomInbox
import Testing

@testable import PostroomCLI

@Suite("What readiness knows of the schema")
struct SchemaWatchTests {
    struct NoAnswer: Error, CustomStringConvertible {
        let description = "no answer"
    }

    struct Case: CustomTestStringConvertible {
        let name: String
        /// The findings of looks, with the second of each.
        let looks: [(second: Int, found: Result<SchemaState, any Error>)]
        /// The second at which it is asked for.
        let asked: Int
        /// A part of the reason; `nil` where all is well.
        let reason: String?

        var testDescription: String { name }
    }

    @Test(
        "follows the last look that succeeded, for a minute",
        arguments: [
            Case(name: "no look", looks: [], asked: 0, reason: "not been looked at yet"),
            Case(name: "a failure only", looks: [(0, .failure(NoAnswer()))], asked: 0, reason: "no answer"),
            Case(name: "a schema that fits", looks: [(0, .success(.current))], asked: 59, reason: nil),
            Case(
                name: "a failure after a schema that fits",
                looks: [(0, .success(.current)), (5, .failure(NoAnswer()))],
                asked: 59,
                reason: nil
            ),
            Case(name: "a look that is a minute old", looks: [(0, .success(.current))], asked: 60, reason: "60 s ago"),
            Case(
                name: "failures for a minute",
                looks: [(0, .success(.current)), (30, .failure(NoAnswer()))],
                asked: 61,
                reason: "61 s ago: no answer"
            ),
            Case(name: "no schema", looks: [(0, .success(.missing))], asked: 0, reason: "has no schema yet"),
            Case(
                name: "a schema that is gone",
                looks: [(0, .success(.current)), (5, .success(.missing))],
                asked: 5,
                reason: "has no schema yet"
            ),
            Case(
                name: "a schema that is gone, and then failures",
                looks: [(0, .success(.missing)), (5, .failure(NoAnswer()))],
                asked: 5,
                reason: "has no schema yet"
            ),
            Case(
                name: "a schema that came",
                looks: [(0, .success(.missing)), (1, .failure(NoAnswer())), (2, .success(.current))],
                asked: 2,
                reason: nil
            ),
            Case(
                name: "an old schema",
                looks: [(0, .success(.outdated(version: 1)))],
                asked: 0,
                reason: "has version 1"
            ),
        ]
    )
    func health(row: Case) {
        let start = ContinuousClock.now
        let watch = SchemaWatch { .current }
        for look in row.looks {
            watch.note(look.found, at: start + .seconds(look.second))
        }
        switch watch.health(at: start + .seconds(row.asked)) {
        case .healthy: #expect(row.reason == nil)
        case .impaired(let reason), .failing(let reason):
            let isExpected = row.reason.map { reason.contains($0) } ?? false
            #expect(isExpected, "\(reason)")
        }
    }
}
