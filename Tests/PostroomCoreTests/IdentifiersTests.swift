import FoundationEssentials
import PostroomCore
import Testing

@Suite("Identifiers and times")
struct IdentifiersTests {
    static let deliveries: [(Int64, UInt8, Int64)] = [
        (0, 0, 0), (0, 255, 255), (1, 0, 256), (1, 1, 257), (4711, 42, 4711 * 256 + 42),
        ((1 << 55) - 1, 255, .max),
    ]

    @Test("a delivery's number is its batch's times 256 plus its place", arguments: deliveries)
    func delivery(_ batch: Int64, _ ordinal: UInt8, _ number: Int64) {
        let id = DeliveryID(batch: BatchID(rawValue: batch), ordinal: ordinal)
        #expect(id.rawValue == number)
        #expect(DeliveryID(rawValue: number).batch == BatchID(rawValue: batch))
        #expect(DeliveryID(rawValue: number).ordinal == ordinal)
        #expect(id.description == "\(number)")
    }

    @Test("deliveries are ordered by batch and then by place")
    func order() {
        let ids = [(2, 0), (1, 255), (1, 3), (3, 1)].map { DeliveryID(batch: BatchID(rawValue: $0.0), ordinal: $0.1) }
        #expect(ids.sorted().map(\.rawValue) == [259, 511, 512, 769])
        #expect(BatchID(rawValue: 1) < BatchID(rawValue: 2))
    }

    static let moments: [(Double, Int64, String)] = [
        (946_684_800, 0, "2000-01-01T00:00:00.000Z"),
        (0, -946_684_800_000_000, "1970-01-01T00:00:00.000Z"),
        (1_773_568_800.25, 826_884_000_250_000, "2026-03-15T10:00:00.250Z"),
    ]

    @Test("a timestamp counts microseconds from 2000", arguments: moments)
    func timestamp(_ unix: Double, _ microseconds: Int64, _ text: String) {
        let timestamp = Timestamp(Date(timeIntervalSince1970: unix))
        #expect(timestamp.rawValue == microseconds)
        #expect(timestamp.date == Date(timeIntervalSince1970: unix))
        #expect(timestamp.description == text)
    }

    @Test("every millisecond of a second is shown as it is")
    func shown() throws {
        let second = Timestamp(Date(timeIntervalSince1970: 1_773_568_800)).rawValue
        for millisecond in 0..<1000 {
            let shown = Timestamp(rawValue: second + Int64(millisecond) * 1000).description
            let digits = try #require(shown.split(separator: ".").last?.dropLast())
            #expect(Int(digits) == millisecond)
        }
    }

    @Test("every microsecond of a second comes back from a date")
    func exact() {
        let second = Timestamp(Date(timeIntervalSince1970: 1_773_568_800)).rawValue
        for microsecond in stride(from: Int64(0), to: 1_000_000, by: 997) {
            let timestamp = Timestamp(rawValue: second + microsecond)
            #expect(Timestamp(timestamp.date) == timestamp)
        }
    }

    static let durations: [(Duration, Int64)] = [
        (.zero, 0), (.microseconds(1), 1), (.nanoseconds(1999), 1), (.nanoseconds(-1999), -1),
        (.seconds(-2), -2_000_000),
        (.seconds(8 * 86400), 691_200_000_000), (.milliseconds(1500), 1_500_000),
        (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
    ]

    @Test("a duration has whole microseconds, rounded towards zero, and never overflows", arguments: durations)
    func microseconds(_ duration: Duration, _ expected: Int64) {
        #expect(duration.microseconds == expected)
    }

    @Test("sums and dates beyond what Postgres holds are its infinities")
    func infinities() {
        let now = Timestamp(rawValue: 826_884_000_000_000)
        #expect(now + .milliseconds(2) == Timestamp(rawValue: 826_884_000_002_000))
        #expect(now < now + .microseconds(1))
        #expect((now + .seconds(Int64.max)).rawValue == .max)
        #expect((Timestamp(rawValue: -5) + .seconds(Int64.min)).rawValue == .min)
        #expect(Timestamp(Date(timeIntervalSince1970: .infinity)).rawValue == .max)
        #expect(Timestamp(Date(timeIntervalSince1970: -.infinity)).rawValue == .min)
        #expect(Timestamp(.distantFuture) > now && Timestamp(.distantPast) < now)
    }

    @Test("names are told apart by their bytes, as the database does")
    func bytes() {
        let composed = "caf\u{E9}"
        let separate = "cafe\u{301}"
        #expect(composed == separate, "the same text to a reader")
        let handlers: Set = [HandlerName(rawValue: composed), HandlerName(rawValue: separate), "crm", "crm"]
        #expect(handlers.count == 3)
        let endpoints: Set = [EndpointName(rawValue: composed), EndpointName(rawValue: separate), "in", "in"]
        #expect(endpoints.count == 3)
        // Two marks in another order: as many bytes, and the same text.
        let marks = ("a\u{323}\u{307}", "a\u{307}\u{323}")
        #expect(HandlerName(rawValue: marks.0) != HandlerName(rawValue: marks.1))
        #expect(HandlerName(rawValue: separate) < HandlerName(rawValue: composed))
    }
}
