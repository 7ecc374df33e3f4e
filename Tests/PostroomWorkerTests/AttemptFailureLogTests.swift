import Logging
import PostroomCore
import Synchronization
import Testing

@testable import PostroomWorker

@Suite("The log of failing handlers")
struct FailureLogTests {
    /// Lines as `message count`, collected by the log's own handler.
    private final class Lines: Sendable {
        let kept = Mutex<[(message: String, metadata: [String: String])]>([])

        var logger: Logger {
            Logger(label: "test") { _ in Handler(lines: self) }
        }

        func count(_ message: String) -> Int {
            kept.withLock { $0.count { $0.message == message } }
        }

        struct Handler: LogHandler {
            let lines: Lines
            var metadata: Logger.Metadata = [:]
            var logLevel: Logger.Level = .trace

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                let metadata = (event.metadata ?? [:]).mapValues(\.description)
                lines.kept.withLock { $0.append(("\(event.message)", metadata)) }
            }
        }
    }

    private func failure(_ error: String) -> AttemptFailure {
        AttemptFailure(attempt: 1, error: error, duration: .zero)
    }

    private let delivery = DeliveryID(rawValue: 256)

    @Test(
        "of failures that are alike a few are told, and the others by their number",
        arguments: [
            (
                "attempt failed", "more attempts failed with a like error",
                AttemptFailureLog.Consequence.retried(in: .seconds(1))
            ),
            ("dead letter", "more dead letters for a like error", .dead(.permanent)),
            ("dead letter", "more dead letters for a like error", .dead(.undecodable)),
        ]
    )
    func throttles(message: String, summary: String, consequence: AttemptFailureLog.Consequence) {
        let lines = Lines()
        let clock = TestClock()
        let log = AttemptFailureLog("crm", lines.logger, clock.workerClock)
        for number in 0..<1000 {
            log.note(failure("no user \(number)"), delivery, consequence)
        }
        #expect(lines.count(message) == AttemptFailureLog.toldOneByOne)
        log.tellUntold(all: false)
        #expect(lines.count(summary) == 0, "the interval is not over")
        clock.advance(by: AttemptFailureLog.interval)
        log.tellUntold(all: false)
        log.tellUntold(all: false)
        #expect(lines.count(summary) == 1)
        let told = lines.kept.withLock { $0.last?.metadata }
        #expect(told == ["handler": "crm", "count": "997", "error": "no user 999"])
        log.note(failure("no user 1"), delivery, consequence)
        #expect(lines.count(message) == AttemptFailureLog.toldOneByOne + 1, "a new interval begins with a line")
    }

    @Test("failures of other kinds are told beside a flood, and what was not is told at the end")
    func kinds() {
        let lines = Lines()
        let log = AttemptFailureLog("crm", lines.logger, TestClock().workerClock)
        for number in 0..<100 {
            log.note(failure("time-out after \(number) ms"), delivery, .retried(in: .zero))
        }
        log.note(failure("no such table"), delivery, .retried(in: .zero))
        log.note(failure("time-out after 1 ms"), delivery, .dead(.exhausted))
        #expect(lines.count("attempt failed") == AttemptFailureLog.toldOneByOne + 1)
        #expect(lines.count("dead letter") == 1)
        log.tellUntold(all: true)
        #expect(lines.kept.withLock { $0.compactMap { $0.metadata["count"] } } == ["97"])
    }

    @Test("no number of kinds makes it tell without end")
    func bounded() {
        let lines = Lines()
        let log = AttemptFailureLog("crm", lines.logger, TestClock().workerClock)
        for number in 0..<10_000 {
            let word = String(number, radix: 20).map { String(UnicodeScalar(UInt8($0.asciiValue! % 20 + 103))) }
                .joined()
            log.note(failure(word), delivery, .retried(in: .zero))
        }
        #expect(lines.count("attempt failed") <= (AttemptFailureLog.mostKinds + 1) * AttemptFailureLog.toldOneByOne)
    }

    @Test(
        "errors are alike where they differ in numbers and identities only",
        arguments: [
            ("no user 4711", "no user 9", true), ("no user 4711", "no group 4711", false),
            ("id 0af3b2c1d4", "id ffffffffffff", true), ("a1b2", "a9b77", true), ("face", "fade", false),
            ("x 12345678 y", "x deadbeef y", true), ("", "", true),
            ("answered 500\nno user x", "answered 500\nno group", true),
        ]
    )
    func likeness(one: String, other: String, areAlike: Bool) {
        #expect((AttemptFailureLog.likeness(of: one) == AttemptFailureLog.likeness(of: other)) == areAlike)
    }
}
