import FoundationEssentials
import Logging
import NIOCore
import PostroomCore
import Testing

@testable import PostroomReceiver

@Suite("The reports to operators")
struct ReportingTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test("a flood of refusals makes one line at once and one with their number after ten seconds")
    func flood() {
        let log = TestLog()
        let refusals = RefusalLog(logger: log.logger)
        for _ in 0..<1000 {
            refusals.refused(endpoint: "a", Refusal(reason: "signature-mismatch"), at: Self.start)
        }
        refusals.refused(endpoint: "b", Refusal(reason: "signature-mismatch"), at: Self.start)
        #expect(log.lines.compactMap { $0.metadata["count"] } == ["1", "1"])
        refusals.reportDue(at: Self.start + .seconds(9))
        #expect(log.lines.count == 2)
        refusals.reportDue(at: Self.start + .seconds(10))
        #expect(log.lines.dropFirst(2).compactMap { $0.metadata["count"] } == ["999"])
        refusals.reportDue(at: Self.start + .seconds(20))
        refusals.refused(endpoint: "a", Refusal(reason: "signature-mismatch"), at: Self.start + .seconds(21))
        #expect(log.lines.count == 4)
    }

    @Test("an endpoint's silence lasts from what was accepted last, and from the start where nothing was")
    func silence() {
        let metrics = TestMetrics()
        let silence = EndpointSilence(endpoint: "a", expected: .seconds(90), factory: metrics, at: Self.start)
        let gauge = "postroom_endpoint_silence_seconds{endpoint=\"a\"}"
        #expect(metrics["postroom_endpoint_expected_seconds{endpoint=\"a\"}"] == 90)
        silence.tell(at: Self.start + .seconds(30))
        #expect(metrics[gauge] == 30)
        silence.accepted(at: Self.start + .seconds(40))
        silence.tell(at: Self.start + .seconds(45))
        #expect(metrics[gauge] == 5)
        silence.tell(at: Self.start + .seconds(39))
        #expect(metrics[gauge] == 0)
    }

    @Test("a request without the scheme's header is told with its name, and those of the ones that came instead")
    func missingHeader() {
        let log = TestLog()
        let refusals = RefusalLog(logger: log.logger)
        let refusal = Refusal(
            reason: "missing-header",
            missingHeaders: ["Stripe-Signature"],
            headersInstead: ["x-hub-signature-256", "x-signature"]
        )
        refusals.refused(endpoint: "a", refusal, at: Self.start)
        #expect(log.lines[0].metadata["missing-headers"] == "Stripe-Signature")
        #expect(log.lines[0].metadata["headers-instead"] == "x-hub-signature-256, x-signature")
        #expect(log.lines[0].metadata["reason"] == "missing-header")
    }

    @Test(
        "of refusals the last twenty of each endpoint are held, of repetitions a thousand, and what could not be told stays"
    )
    func bounds() throws {
        let notes = IntakeNotes([.test("a"), .test("b")])
        let first = DeliveryID(rawValue: 0)
        func refusal(_ endpoint: EndpointName, _ second: Int) -> IntakeNotes.RefusedRequest {
            .init(
                endpoint: endpoint,
                at: Date(timeIntervalSince1970: Double(second)),
                reason: "forged",
                peer: nil,
                lookedFor: [],
                found: []
            )
        }
        for second in 0..<100 {
            notes.refused(refusal("a", second))
        }
        notes.refused(refusal("b", 0))
        for delivery in 0..<2000 as Range<Int64> {
            notes.cameAgain(DeliveryID(rawValue: delivery))
            notes.cameAgain(first)
        }
        let taken = notes.take()
        #expect(taken.refusals.filter { $0.endpoint == "a" } == (80..<100).map { refusal("a", $0) })
        #expect(taken.refusals.filter { $0.endpoint == "b" }.count == 1)
        #expect(taken.repetitions.count == 1000 && taken.repetitions[first] == 2001)
        #expect(notes.take().isEmpty)

        notes.refused(refusal("a", 100))
        notes.cameAgain(first)
        notes.putBack(taken)
        let again = notes.take()
        #expect(again.refusals.filter { $0.endpoint == "a" } == (81...100).map { refusal("a", $0) })
        #expect(again.repetitions[first] == 2002)
    }

    @Test("a secret is counted by its place, and without one, or with another, as unnamed")
    func secrets() {
        let counts = SecretCounts(["env:NEW", "env:OLD"])
        for place in [0, 1, 0, nil, 2, -1] {
            counts.count(place)
        }
        #expect(counts.take().map(\.name) == ["env:NEW", "env:OLD", ""])
        #expect(counts.take().isEmpty)
        counts.add(4, to: "env:OLD")
        counts.add(1, to: "env:GONE")
        #expect(counts.take().map(\.times) == [4, 1])
    }

    struct Misdirected: CustomTestStringConvertible {
        let target: String
        let path: String
        let nearest: String?

        var testDescription: String { target }
    }

    @Test(
        "a request to no endpoint is told with its path, as far as that may be shown, and the nearest endpoint",
        arguments: [
            Misdirected(target: "/hooks/stripe-prdo", path: "/hooks/stripe-prdo", nearest: "stripe-prod"),
            Misdirected(target: "/hooks/Stripe_Prod", path: "/hooks/Stripe_Prod", nearest: "stripe-prod"),
            Misdirected(target: "/webhooks/wacht?key=hunter2#x", path: "/webhooks/wacht", nearest: "wacht"),
            Misdirected(target: "/hooks/wacht/", path: "/hooks/wacht", nearest: "wacht"),
            Misdirected(target: "/wp-login.php", path: "/wp-login.php", nearest: nil),
            Misdirected(target: "/", path: "/", nearest: nil),
            Misdirected(target: "/hooks/a\u{1b}[31mé\n", path: "/hooks/a??31m???", nearest: nil),
            Misdirected(target: "/hooks/whsec_abc", path: "/hooks/(hidden)", nearest: nil),
            Misdirected(target: "/hooks/T0AB12CD34EF56GH78IJ", path: "/hooks/(hidden)", nearest: nil),
            Misdirected(target: "/a/b/c/d/wacht", path: "/a/b/c/…", nearest: "wacht"),
            Misdirected(
                target: "/hooks/" + String(repeating: "x", count: 9000),
                path: "/hooks/" + String(repeating: "x", count: 40) + "…",
                nearest: nil
            ),
        ]
    )
    func unknownEndpoint(row: Misdirected) {
        let log = TestLog()
        let refusals = RefusalLog(endpoints: ["stripe-prod", "wacht"], logger: log.logger)
        refusals.unknownEndpoint(row.target, at: Self.start)
        var metadata = ["path": row.path, "count": "1"]
        metadata["nearest-endpoint"] = row.nearest
        #expect(log.lines.map(\.metadata) == [metadata])
        #expect(log.lines.map(\.level) == [.warning])
    }

    @Test("a flood of requests to no endpoint makes few lines, and a sender that misspells is still told of")
    func unknownFlood() {
        let log = TestLog()
        let refusals = RefusalLog(endpoints: ["stripe-prod", "wacht"], logger: log.logger)
        refusals.unknownEndpoint("/hooks/wachd", at: Self.start)
        for number in 0..<1000 {
            refusals.unknownEndpoint("/hooks/scan-\(number)", at: Self.start)
        }
        #expect(log.lines.map { $0.metadata["nearest-endpoint"] } == ["wacht", nil])
        refusals.reportDue(at: Self.start + .seconds(10))
        #expect(log.lines.dropFirst(2).map { $0.metadata["count"] } == ["999"])
        #expect(log.lines.last?.metadata["path"] == "/hooks/scan-999")
        refusals.unknownEndpoint("/hooks/stripe-pro", at: Self.start + .seconds(10))
        #expect(log.lines.last?.metadata["nearest-endpoint"] == "stripe-prod")
    }

    @Test("a store that fails is reported once, and once more when it works again")
    func outage() {
        let log = TestLog()
        let health = CommitHealth(logger: log.logger)
        let error = QueueError(kind: .unavailable, description: "connection refused")
        let start = ContinuousClock.now
        for _ in 0..<100 {
            health.failed(error, deliveries: [], at: start)
        }
        health.succeeded()
        health.succeeded()
        #expect(log.lines.map(\.level) == [.error, .notice])
        #expect(log.lines.last?.metadata["failed-commits"] == "100")
    }

    @Test("a store that fails now and then is reported at most every ten seconds")
    func flapping() {
        let log = TestLog()
        let health = CommitHealth(logger: log.logger)
        let error = QueueError(kind: .rejected, description: "the key can't be stored")
        let start = ContinuousClock.now
        for second in 0..<20 {
            health.failed(error, deliveries: [], at: start + .seconds(second))
            health.succeeded()
        }
        #expect(log.lines.filter { $0.level == .error }.count == 2)
    }

    @Test("reasons beyond a bound are counted together")
    func boundedLabels() {
        let factory = TestMetrics()
        let metrics = ReceiverMetrics(factory: factory)
        for number in 0..<1030 {
            metrics.countRefusal(endpoint: "a", reason: "\(number)")
        }
        #expect(factory["postroom_intake_refusals_total{endpoint=\"a\",reason=\"1023\"}"] == 1)
        #expect(factory["postroom_intake_refusals_total{endpoint=\"a\",reason=\"other\"}"] == 6)
        #expect(factory.madeTwice.isEmpty)
    }
}
