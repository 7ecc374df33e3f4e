import PostroomCore
import PostroomInbox
import Testing

@testable import PostroomConsole
@testable import PostroomInbox

@Suite("Rates of the last hour")
struct RateTests {
    private static let now = Timestamp(rawValue: 1_000_000 * 60_000_000 + 30_000_000)

    private static func flow(_ minutesAgo: Int64, _ kind: String, _ name: String, _ detail: String, _ amount: Int)
        -> Flow
    {
        let minute = Timestamp(rawValue: (1_000_000 - minutesAgo) * 60_000_000)
        return Flow(minute: minute, kind: kind, name: name, detail: detail, amount: amount)
    }

    @Test("what each process told is added up by minute, endpoint and handler, without the minute that runs")
    func sums() throws {
        let rates = Rates(
            [
                Self.flow(2, "request", "hooks", "accepted", 5), Self.flow(2, "request", "hooks", "accepted", 2),
                Self.flow(1, "request", "hooks", "duplicate", 3), Self.flow(0, "request", "hooks", "accepted", 99),
                Self.flow(1, "request", "hooks", "refused", 4), Self.flow(1, "refusal", "hooks", "bad-signature", 3),
                Self.flow(1, "refusal", "hooks", "missing-header", 1), Self.flow(1, "attempt", "crm", "handled", 6),
                Self.flow(1, "attempt", "crm", "timed-out", 1), Self.flow(1, "attempt", "crm", "interrupted", 8),
            ],
            [
                TrendPoint(
                    minute: Timestamp(rawValue: 999_999 * 60_000_000),
                    waiting: 0,
                    owed: 1,
                    letters: 0,
                    oldest: .seconds(90)
                )
            ],
            now: Self.now
        )
        #expect(rates.received.suffix(3) == [nil, 7, 0])
        #expect(rates.handled.suffix(2) == [0, 6])
        #expect(rates.failed.suffix(2) == [0, 1])
        #expect(rates.oldestOwed.suffix(2) == [nil, 90])
        let endpoint = try #require(rates.endpoints.first)
        #expect([endpoint.accepted, endpoint.duplicates, endpoint.refused] == [106, 3, 4])
        #expect(endpoint.refusals.map(\.reason) == ["bad-signature", "missing-header"])
        #expect(rates.handler("crm").handled == 6)
        #expect(rates.handler("other").handled == 0)
    }

    @Test("a minute that runs is shown where nothing else is known")
    func firstMinute() {
        let rates = Rates([Self.flow(0, "request", "hooks", "accepted", 3)], [], now: Self.now)
        #expect(rates.received.last == 3)
        #expect(rates.received.dropLast().allSatisfy { $0 == nil })
    }

    @Test(
        "a quantile is the end of its range",
        arguments: [(0.5, Duration.microseconds(1024)), (0.95, .microseconds(4096)), (0.99, .microseconds(1 << 20))]
    )
    func quantiles(share: Double, end: Duration) {
        let flows = [("10", 50), ("12", 45), ("20", 5)].map { Self.flow(1, "duration", "crm", $0.0, $0.1) }
        #expect(HandlerRates(flows).quantile(share) == end)
        #expect(HandlerRates([]).quantile(share) == nil)
    }

    @Test(
        "a plot ends at a round number",
        arguments: [(0, 1, 1), (1, 1, 1), (99, 100, 120), (101, 150, 120), (443, 500, 600), (560, 600, 600)]
    )
    func ceilings(value: Double, plain: Double, time: Double) {
        #expect(Chart.ceiling(of: value) == plain)
        #expect(Chart.ceiling(of: value, isDuration: true) == time)
    }
}
