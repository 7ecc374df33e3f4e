import Glibc
import Testing

@testable import PostroomBench

@Suite("Measuring")
struct MeasuringTests {
    @Test("percentiles are those of the times that were recorded, within 0.1 %")
    func percentiles() throws {
        let recorder = LatencyRecorder()
        #expect(recorder.percentiles == nil)
        recorder.record((1...1000).map { Duration.milliseconds($0) })
        let times = try #require(recorder.percentiles)
        for (time, milliseconds) in [(times.p50, 500.0), (times.p90, 900), (times.p99, 990)] {
            #expect(abs(time / .milliseconds(1) - milliseconds) <= milliseconds / 1000)
        }
    }

    @Test("the processor time of this process grows as it works, and its tree's is no less")
    func processorTime() throws {
        let before = ProcessUsage.own
        var sum: UInt64 = 0
        while ProcessUsage.own - before < .milliseconds(30) {
            sum = sum &* 31 &+ 7
        }
        #expect(ProcessUsage.own > before)
        // The tree is counted in ticks of 10 ms.
        #expect(try #require(ProcessUsage.tree(of: getpid())) >= .milliseconds(20))
        #expect(ProcessUsage.tree(of: -1) == nil)
        #expect(ProcessUsage.residentBytes > 1 << 20)
    }

    @Test("figures are for each event, and a run without events has none")
    func eachEvent() {
        let start = Reading(at: .now, program: .seconds(1), server: .seconds(2), walBytes: 100, commits: 10)
        let end = Reading(at: .now, program: .seconds(3), server: .seconds(6), walBytes: 2100, commits: 30)
        var measured = Measured(from: start, to: end)
        measured.events = 1000
        measured.elapsed = .seconds(2)
        let queue = QueueState(deadRows: 3, bytes: 8192)
        let figures = RunFigures("postroom", measured, queue)
        #expect(figures.rate == 500)
        #expect(figures.programMicroseconds == 2000)
        #expect(figures.serverMicroseconds == 4000)
        #expect(figures.walBytes == 2)
        #expect(figures.commits == 0.02)
        measured.events = 0
        measured.elapsed = .zero
        let nothing = RunFigures("postroom", measured, queue)
        #expect(nothing.rate == 0)
        #expect(nothing.walBytes == 0)
    }
}
