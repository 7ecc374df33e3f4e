/// The figures of one run.
package struct RunFigures: Sendable {
    /// The number of times that a status was answered.
    package struct Answer: Hashable, Sendable {
        /// The answer's name in the receiver's metrics.
        package let name: String
        /// The number of times that it was given.
        package let count: Int
    }

    /// The name of the run: `postroom`, `limit`, `burdened` or `asking`.
    package let label: String
    /// The number of its events.
    package let events: Int
    /// The time that they took.
    package let elapsed: Duration
    /// The latencies of single events, where they were measured.
    package let latencies: Percentiles?
    /// Processor time of this program for each event, in µs.
    package let programMicroseconds: Double
    /// Processor time of the server for each event, in µs; `nil` where it runs elsewhere.
    package let serverMicroseconds: Double?
    /// Processor time of the load generator for each event, in µs, where that is another process.
    package let generatorMicroseconds: Double?
    /// Write-ahead log for each event, in bytes.
    package let walBytes: Double
    /// Transactions that wrote something, for each event.
    package let commits: Double
    /// Dead rows in the queue's table afterwards, by the server's statistics.
    package let deadRows: Int
    /// The size of the queue's table and indexes afterwards, in bytes.
    package let queueBytes: Int
    /// The most resident memory of this program, in bytes.
    package let residentBytes: Int
    /// The receiver's answers, where there was one.
    package let answers: [Answer]

    /// Events a second.
    package var rate: Double {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 ? Double(events) / seconds : 0
    }
}

extension RunFigures {
    init(_ label: String, _ measured: Measured, _ queue: QueueState) {
        func each(_ total: Double) -> Double {
            measured.events > 0 ? total / Double(measured.events) : 0
        }
        func microseconds(_ time: Duration) -> Double {
            each(time / .microseconds(1))
        }
        self.init(
            label: label,
            events: measured.events,
            elapsed: measured.elapsed,
            latencies: measured.latencies,
            programMicroseconds: microseconds(measured.program),
            serverMicroseconds: measured.server.map(microseconds),
            generatorMicroseconds: measured.generator.map(microseconds),
            walBytes: each(Double(measured.walBytes)),
            commits: each(Double(measured.commits)),
            deadRows: queue.deadRows,
            queueBytes: queue.bytes,
            residentBytes: measured.peakResidentBytes,
            answers: measured.answers
        )
    }
}

/// The state of the queue's table after a run.
struct QueueState: Sendable {
    let deadRows: Int
    let bytes: Int
}
