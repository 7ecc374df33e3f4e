import NIOCore
import Testing

@testable import PostroomReceiver

@Suite("The progress of bodies")
struct ReadTimerTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let timeouts = ReadTimeouts(ReceiverConfiguration.Timeouts())

    @Test("a body that trickles is stalled after the first window without progress")
    func trickle() {
        var timer = ReadTimer(at: Self.start)
        timer.received(1024)
        #expect(timer.isStalled(at: Self.start + .seconds(5), Self.timeouts) == false)
        timer.received(1023)
        #expect(timer.isStalled(at: Self.start + .seconds(10), Self.timeouts) == true)
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
        for part in row.parts {
            timer.received(part.bytes)
            // Looking at the time is what begins a new window, every five seconds.
            _ = timer.isStalled(at: Self.start + .seconds(part.second), Self.timeouts)
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
