import NIOCore
import Testing

@testable import PostroomReceiver

@Suite("The patience with senders")
struct ReadTimerTests {
    struct Case: CustomTestStringConvertible {
        let phase: ReadTimer.Phase
        var isCrowded = false
        /// The last second at which the sender is still waited for.
        let lastSecond: Int64

        var testDescription: String { "\(phase)\(isCrowded ? ", crowded" : ""): \(lastSecond) s" }
    }

    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let timeouts = ReadTimeouts(ReceiverConfiguration.Timeouts())

    @Test(
        "a sender is waited for as long as configured, and no longer",
        arguments: [
            Case(phase: .firstHead, lastSecond: 9), Case(phase: .firstHead, isCrowded: true, lastSecond: 1),
            Case(phase: .idle, lastSecond: 74), Case(phase: .idle, isCrowded: true, lastSecond: 1),
            Case(phase: .head, lastSecond: 9), Case(phase: .head, isCrowded: true, lastSecond: 1),
            Case(phase: .body, lastSecond: 4), Case(phase: .discarding, lastSecond: 4),
            Case(phase: .lingering, lastSecond: 1),
        ]
    )
    func timeouts(row: Case) {
        var timer = ReadTimer(at: Self.start)
        timer.enter(row.phase, at: Self.start)
        let last = Self.start + .seconds(row.lastSecond)
        #expect(timer.isOverdue(at: last, Self.timeouts, isCrowded: row.isCrowded) == false)
        #expect(timer.isOverdue(at: last + .seconds(1), Self.timeouts, isCrowded: row.isCrowded) == true)
    }

    @Test("a body that makes progress has its time, and not more")
    func progress() {
        var timer = ReadTimer(at: Self.start)
        timer.enter(.body, at: Self.start)
        for second in Int64(1)..<30 {
            timer.received(1024)
            #expect(timer.isOverdue(at: Self.start + .seconds(second), Self.timeouts, isCrowded: false) == false)
        }
        timer.received(1024)
        #expect(timer.isOverdue(at: Self.start + .seconds(30), Self.timeouts, isCrowded: false) == true)
    }

    @Test("a body that trickles is given up after the first window without progress")
    func trickle() {
        var timer = ReadTimer(at: Self.start)
        timer.enter(.body, at: Self.start)
        timer.received(1024)
        #expect(timer.isOverdue(at: Self.start + .seconds(5), Self.timeouts, isCrowded: false) == false)
        timer.received(1023)
        #expect(timer.isOverdue(at: Self.start + .seconds(10), Self.timeouts, isCrowded: false) == true)
    }

    @Test(
        "a sender's speed is that of its whole body or of its newest window, whichever is less",
        arguments: [
            (parts: [(0, 1000)], asked: 10, speed: 100), ([(0, 0)], 10, 0), ([(0, 9000), (6, 5), (7, 5)], 8, 2.5),
            ([(0, 100), (6, 4000), (7, 4000)], 8, 1012.5), ([(0, 500)], 1, 500),
        ] as [(parts: [(second: Int64, bytes: Int)], asked: Int64, speed: Double)]
    )
    func speed(row: (parts: [(second: Int64, bytes: Int)], asked: Int64, speed: Double)) {
        var timer = ReadTimer(at: Self.start)
        timer.enter(.body, at: Self.start)
        for part in row.parts {
            timer.received(part.bytes)
            // Looking at the time is what begins a new window, every five seconds.
            _ = timer.isOverdue(at: Self.start + .seconds(part.second), Self.timeouts, isCrowded: false)
        }
        #expect(timer.age(at: Self.start + .seconds(row.asked)) == .seconds(row.asked))
        #expect(timer.speed(at: Self.start + .seconds(row.asked)) == row.speed)
    }

    @Test("the time is looked at often enough for the shortest timeout")
    func sweeps() {
        #expect(Self.timeouts.sweepInterval == .milliseconds(500))
        var timeouts = ReceiverConfiguration.Timeouts()
        timeouts.header = .milliseconds(100)
        #expect(ReadTimeouts(timeouts).sweepInterval == .milliseconds(25))
        timeouts.header = .milliseconds(1)
        #expect(ReadTimeouts(timeouts).sweepInterval == .milliseconds(10))
    }
}
