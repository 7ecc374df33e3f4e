import CoreMetrics
import Testing

@testable import PostroomAdmin

struct RenderingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let record: @Sendable (PrometheusMetrics) -> Void
        let text: String
    }

    @Test("every kind of series is written as Prometheus reads it", arguments: cases)
    func rendering(example: Case) async {
        let metrics = PrometheusMetrics(helpTexts: ["helped": "Two\nlines and a \\, but \"quotes\" stay."])
        example.record(metrics)
        #expect(await metrics.ownSeries() == example.text)
    }

    private static let cases = [
        Case(testDescription: "nothing", record: { _ in }, text: ""),
        Case(
            testDescription: "a counter",
            record: { Counter(label: "a_total", factory: $0).increment(by: 3) },
            text: "# TYPE a_total counter\na_total 3\n"
        ),
        Case(
            testDescription: "a counter never goes down",
            record: { metrics in
                let counter = metrics.makeCounter(label: "a_total", dimensions: [])
                counter.increment(by: 2)
                counter.increment(by: -1)
            },
            text: "# TYPE a_total counter\na_total 2\n"
        ),
        Case(
            testDescription: "a counter of fractions ignores what is no number",
            record: { metrics in
                let counter = metrics.makeFloatingPointCounter(label: "a_total", dimensions: [])
                counter.increment(by: 0.25)
                counter.increment(by: .nan)
                counter.increment(by: .infinity)
                counter.increment(by: 1)
            },
            text: "# TYPE a_total counter\na_total 1.25\n"
        ),
        Case(
            testDescription: "both kinds of counter are one series",
            record: { metrics in
                metrics.makeCounter(label: "a_total", dimensions: []).increment(by: 2)
                metrics.makeFloatingPointCounter(label: "a_total", dimensions: []).increment(by: 0.5)
            },
            text: "# TYPE a_total counter\na_total 2.5\n"
        ),
        Case(
            testDescription: "a meter",
            record: { metrics in
                let meter = metrics.makeMeter(label: "m", dimensions: [])
                meter.set(Int64(10))
                meter.increment(by: 0.5)
                meter.decrement(by: 3)
            },
            text: "# TYPE m gauge\nm 7.5\n"
        ),
        Case(
            testDescription: "a gauge keeps the last value, infinities included",
            record: { metrics in
                Gauge(label: "g", factory: metrics).record(5)
                Gauge(label: "g", factory: metrics).record(-Double.infinity)
                Gauge(label: "h", factory: metrics).record(Double.nan)
            },
            text: "# TYPE g gauge\ng -Inf\n# TYPE h gauge\nh NaN\n"
        ),
        Case(
            testDescription: "labels are sorted and escaped, a repeated one counts once",
            record: { metrics in
                let dimensions = [("z", "a\"b\\c\nd"), ("a", "é"), ("z", "other"), ("1-x", "")]
                Counter(label: "a_total", dimensions: dimensions, factory: metrics).increment()
            },
            text: #"""
                # TYPE a_total counter
                a_total{_1_x="",a="é",z="a\"b\\c\nd"} 1

                """#
        ),
        Case(
            testDescription: "names are respelled",
            record: { metrics in
                Counter(label: "http.server-requests/ü", factory: metrics).increment()
                Counter(label: "9lives", factory: metrics).increment()
                Counter(label: "", factory: metrics).increment()
            },
            text: """
                # TYPE _ counter
                _ 1
                # TYPE _9lives counter
                _9lives 1
                # TYPE http_server_requests___ counter
                http_server_requests___ 1

                """
        ),
        Case(
            testDescription: "help is escaped, metrics and series are in order",
            record: { metrics in
                Counter(label: "helped", dimensions: [("k", "2")], factory: metrics).increment(by: 2)
                Counter(label: "a", factory: metrics).increment()
                Counter(label: "helped", dimensions: [("k", "1")], factory: metrics).increment(by: 1)
            },
            text: #"""
                # TYPE a counter
                a 1
                # HELP helped Two\nlines and a \\, but "quotes" stay.
                # TYPE helped counter
                helped{k="1"} 1
                helped{k="2"} 2

                """#
        ),
        Case(
            testDescription: "a recorder of pieces",
            record: { metrics in
                let recorder = metrics.makeRecorder(label: "size", dimensions: [("le", "x")], aggregate: true)
                for value in [1, 2, 3, 256, 1_000_000] as [Int64] {
                    recorder.record(value)
                }
            },
            text: histogram(
                "size",
                labels: "exported_le=\"x\",",
                buckets: [1: 1, 2: 2, 4: 3, 8: 3, 16: 3, 32: 3, 64: 3, 128: 3, 256: 4, 512: 4, 1024: 4, 2048: 4]
                    .merging([4096: 4, 8192: 4, 16384: 4, 32768: 4, 65536: 4]) { $1 },
                sum: "1000262",
                count: 5
            )
        ),
    ]

    static func histogram(_ name: String, labels: String, buckets: [Int: Int], sum: String, count: Int) -> String {
        let lines = buckets.sorted { $0.key < $1.key }.map { "\(name)_bucket{\(labels)le=\"\($0.key)\"} \($0.value)\n" }
        let suffix = labels.isEmpty ? "" : "{\(labels.dropLast())}"
        return """
            # TYPE \(name) histogram
            \(lines.joined())\(name)_bucket{\(labels)le="+Inf"} \(count)
            \(name)_sum\(suffix) \(sum)
            \(name)_count\(suffix) \(count)

            """
    }
}
