import PostroomCore
import Testing

@testable import PostroomCLI

@Suite("What send ends with")
struct SendReportTests {
    private static func answer(_ status: Int, _ body: String = "") -> SendAnswer {
        .answered(status: status, body: Array(body.utf8))
    }

    private static func report(
        _ answers: [(SendAnswer, Duration)],
        requested: Int = 100,
        expectsRefusal: Bool = false
    ) -> SendReport {
        var tally = SendTally()
        for (answer, duration) in answers {
            tally.add(answer, duration)
        }
        return SendReport(tally: tally, requested: requested, duration: .seconds(2), expectsRefusal: expectsRefusal)
    }

    @Test(
        "percentiles are durations that occurred, by nearest rank",
        arguments: [
            (1, [1, 1, 1, 1]), (2, [1, 2, 2, 2]), (3, [2, 3, 3, 3]), (10, [5, 9, 10, 10]), (100, [50, 90, 99, 100]),
            (101, [51, 91, 100, 101]), (1000, [500, 900, 990, 1000]),
        ]
    )
    func percentiles(count: Int, expected: [Int]) {
        let latencies = Latencies(microseconds: (1...UInt32(count)).reversed())
        let found = [latencies.percentile(50), latencies.percentile(90), latencies.percentile(99), latencies.longest]
        #expect(found == expected.map { .microseconds($0) })
        #expect(latencies.count == count)
    }

    @Test("nothing has no percentiles")
    func empty() {
        #expect(Latencies(microseconds: []).percentile(50) == nil)
        #expect(Latencies(microseconds: []).longest == nil)
    }

    @Test("answers are counted by status, duplicates apart, what was not answered last")
    func table() {
        let report = Self.report([
            (.unanswered("Connection reset by peer"), .microseconds(12_090)),
            (Self.answer(503), .microseconds(2504)),
            (Self.answer(200, #"{"id":"1","duplicate":false}"#), .milliseconds(1)),
            (Self.answer(200, #"{"id":"2","duplicate":false}"#), .milliseconds(3)),
            (Self.answer(200, #"{"id":"2","duplicate":true}"#), .milliseconds(2)),
        ])
        let (data, notes) = written { report.write(to: $0, asJSON: false) }
        #expect(
            data == """
                answer                               count       p50       p90       p99       max
                200                                      2   1.00 ms   3.00 ms   3.00 ms   3.00 ms
                200 duplicate                            1   2.00 ms   2.00 ms   2.00 ms   2.00 ms
                503                                      1   2.50 ms   2.50 ms   2.50 ms   2.50 ms
                no answer: Connection reset by peer      1  12.09 ms  12.09 ms  12.09 ms  12.09 ms

                """
        )
        #expect(notes == "5 sent in 2s, 3/s\n")
    }

    @Test("outcomes stand in the order of their status, those without an answer last")
    func order() {
        let outcomes = [
            Self.answer(200).outcome, Self.answer(200, #"{"duplicate":true}"#).outcome, Self.answer(503).outcome,
            SendAnswer.unanswered("a").outcome, SendAnswer.unanswered("b").outcome,
        ]
        for (left, first) in outcomes.enumerated() {
            for (right, second) in outcomes.enumerated() {
                #expect((first < second) == (left < right))
            }
        }
    }

    @Test("machines get the same under stable keys")
    func json() {
        let report = Self.report([
            (Self.answer(200, #"{"id":"2","duplicate":true}"#), .microseconds(1234)),
            (.unanswered("reset"), .milliseconds(2)),
        ])
        #expect(report.json.keys == ["requested", "sent", "seconds", "per_second", "answers", "body"])
        #expect(report.json["body"] == .null)
        #expect(report.json["sent"] == 2)
        #expect(
            report.json["answers"] == [
                [
                    "status": 200, "duplicate": true, "error": nil, "count": 1, "p50_ms": .number(1.23),
                    "p90_ms": .number(1.23), "p99_ms": .number(1.23), "max_ms": .number(1.23),
                ],
                [
                    "status": nil, "duplicate": false, "error": "reset", "count": 1, "p50_ms": .number(2),
                    "p90_ms": .number(2), "p99_ms": .number(2), "max_ms": .number(2),
                ],
            ]
        )
    }

    @Test("a single delivery shows its answer's body, and nothing else")
    func single() {
        let report = Self.report(
            [(Self.answer(200, #"{"id":"256","duplicate":false}"#), .milliseconds(1))],
            requested: 1
        )
        let (data, notes) = written { report.write(to: $0, asJSON: false) }
        #expect(data == #"{"id":"256","duplicate":false}"# + "\n")
        #expect(notes.isEmpty)
        #expect(report.json["body"] == .string(#"{"id":"256","duplicate":false}"#))
    }

    @Test("progress is one line that is written over, and is gone at the end")
    func progress() {
        let sink = MemorySink()
        let progress = SendProgress(count: 10_000, sink: sink)
        progress.write(1200)
        progress.clear()
        #expect(sink.text == "\r1,200 of 10,000 sent \r\u{1B}[K")
    }

    @Test(
        "only answers that were wanted are a success",
        arguments: [
            ([200, 204], false, nil),
            ([200, 401], false, "1 of 2 answers were not 2xx: 401"),
            ([302, 503], false, "2 of 2 answers were not 2xx: 302 or 503"),
            ([401, 503], true, nil),
            ([401, 200], true, "1 of 2 answers were not 401 or 503: 200"),
            ([404], true, "the answer was not 401 or 503: 404"),
        ]
    )
    func failure(statuses: [Int], expectsRefusal: Bool, message: String?) {
        let report = Self.report(statuses.map { (Self.answer($0), .zero) }, expectsRefusal: expectsRefusal)
        #expect(report.failure(target: "http://h")?.message == message)
        #expect(report.failure(target: "http://h")?.status == message.map { _ in .failed })
    }
}
