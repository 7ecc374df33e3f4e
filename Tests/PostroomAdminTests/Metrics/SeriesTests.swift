import CoreMetrics
import Testing

@testable import PostroomAdmin

struct SeriesTests {
    private let metrics = PrometheusMetrics(limits: MetricLimits(metrics: 3, seriesPerMetric: 2))
    private static let refusals = "postroom_metrics_refused_series_total"

    @Test("the same label and dimensions are the same series, whatever their order")
    func sameSeries() async {
        let first = metrics.makeCounter(label: "a_total", dimensions: [("x", "1"), ("y", "2")])
        let second = metrics.makeCounter(label: "a_total", dimensions: [("y", "2"), ("x", "1")])
        #expect(first === second)
    }

    @Test("nothing is lost when many tasks count at once")
    func concurrency() async {
        await withDiscardingTaskGroup { group in
            for task in 0..<16 {
                group.addTask {
                    let counter = metrics.makeCounter(label: "c_total", dimensions: [])
                    let meter = metrics.makeMeter(label: "m", dimensions: [])
                    let timer = metrics.makeTimer(label: "t", dimensions: [("n", "\(task % 2)")])
                    for _ in 0..<2_000 {
                        counter.increment(by: 1)
                        meter.increment(by: 0.5)
                        timer.recordNanoseconds(1_000_000)
                    }
                }
            }
        }
        #expect(await metrics.value(of: "c_total") == "32000")
        #expect(await metrics.value(of: "m") == "16000")
        #expect(await metrics.value(of: "t_seconds_count{n=\"0\"}") == "16000")
        #expect(await metrics.value(of: "t_seconds_bucket{n=\"1\",le=\"0.001\"}") == "16000")
    }

    @Test(
        "a duration falls into the first range that is not below it",
        arguments: [
            (0, "0.0005"), (500_000, "0.0005"), (500_001, "0.001"), (1_000_000_000, "1"), (1_000_000_001, "2.5"),
            (60_000_000_000, "60"), (60_000_000_001, "+Inf"),
        ] as [(Int64, String)]
    )
    func buckets(nanoseconds: Int64, bound: String) async {
        metrics.makeTimer(label: "t_seconds", dimensions: []).recordNanoseconds(nanoseconds)
        let filled = await metrics.render().split(separator: "\n")
            .first { $0.hasPrefix("t_seconds_bucket") && $0.hasSuffix(" 1") }
        #expect(filled == "t_seconds_bucket{le=\"\(bound)\"} 1")
    }

    @Test("series over the limit of their metric are refused and counted, and still can be used")
    func seriesLimit() async {
        for value in ["1", "2", "3", "3"] {
            metrics.makeCounter(label: "a_total", dimensions: [("x", value)]).increment(by: 1)
        }
        metrics.makeTimer(label: "b", dimensions: []).recordNanoseconds(1)
        #expect(await metrics.value(of: "a_total{x=\"2\"}") == "1")
        #expect(await metrics.value(of: "a_total{x=\"3\"}") == nil)
        #expect(await metrics.value(of: "b_seconds_count") == "1")
        #expect(await metrics.value(of: Self.refusals) == "2")
    }

    @Test("metrics over the limit are refused and counted")
    func metricLimit() async {
        for name in ["a", "b", "c", "d"] {
            metrics.makeMeter(label: name, dimensions: []).set(Int64(1))
        }
        #expect(await metrics.value(of: "c") == "1")
        #expect(await metrics.value(of: "d") == nil)
        #expect(await metrics.value(of: Self.refusals) == "1")
    }

    @Test("a metric has one kind only")
    func conflict() async {
        metrics.makeCounter(label: "a", dimensions: []).increment(by: 1)
        metrics.makeMeter(label: "a", dimensions: []).set(Int64(7))
        metrics.makeRecorder(label: "a", dimensions: [("x", "1")], aggregate: true).record(Int64(7))
        #expect(await metrics.value(of: "a") == "1")
        #expect(await metrics.value(of: Self.refusals) == "2")
    }

    @Test("a destroyed series is gone and makes room")
    func destruction() async {
        let counters = ["1", "2"].map { Counter(label: "a", dimensions: [("x", $0)], factory: metrics) }
        counters[0].destroy()
        Counter(label: "a", dimensions: [("x", "3")], factory: metrics).increment()
        #expect(await metrics.ownSeries() == "# TYPE a counter\na{x=\"2\"} 0\na{x=\"3\"} 1\n")
    }

    @Test("with its last series a metric loses its kind")
    func destructionOfLast() async {
        let timer = Timer(label: "a_seconds", factory: metrics)
        timer.destroy()
        Gauge(label: "a_seconds", factory: metrics).record(2)
        #expect(await metrics.value(of: "a_seconds") == "2")
    }

    @Test("destroying a series twice does not destroy its successor")
    func staleDestruction() async {
        let first = metrics.makeMeter(label: "a", dimensions: [])
        metrics.destroyMeter(first)
        metrics.makeMeter(label: "a", dimensions: []).set(Int64(1))
        metrics.destroyMeter(first)
        #expect(await metrics.value(of: "a") == "1")
    }
}
