import Logging
import NIOCore
import PostroomQueue
import Testing

@testable import PostroomReceiver

@Suite("What operators are told")
struct ReportingTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test("a flood of refusals makes one line at once and one with their number after ten seconds")
    func flood() {
        let log = TestLog()
        let refusals = RefusalLog(logger: log.logger)
        for _ in 0..<1000 {
            refusals.record(endpoint: "a", reason: "signature-mismatch", at: Self.start)
        }
        refusals.record(endpoint: "b", reason: "signature-mismatch", at: Self.start)
        #expect(log.lines.compactMap { $0.metadata["count"] } == ["1", "1"])
        refusals.reportDue(at: Self.start + .seconds(9))
        #expect(log.lines.count == 2)
        refusals.reportDue(at: Self.start + .seconds(10))
        #expect(log.lines.dropFirst(2).compactMap { $0.metadata["count"] } == ["999"])
        refusals.reportDue(at: Self.start + .seconds(20))
        refusals.record(endpoint: "a", reason: "signature-mismatch", at: Self.start + .seconds(21))
        #expect(log.lines.count == 4)
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
