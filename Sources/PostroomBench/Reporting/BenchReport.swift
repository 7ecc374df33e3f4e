/// The outcome of a bench.
package struct BenchReport: Sendable {
    /// A named setting or property.
    package struct Fact: Hashable, Sendable {
        /// Its name, in lower case.
        package let name: String
        /// Its value.
        package let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The time that a source's deliveries take, without a database.
    package struct DecodeFigures: Sendable {
        /// The source.
        package let source: String
        /// The number of event types that were sampled.
        package let eventTypes: Int
        /// The average size of a body, in bytes.
        package let bodyBytes: Int
        /// Finding type and key, in µs.
        package let identifyMicroseconds: Double
        /// Reading what the envelope says beside, in µs.
        package let detailsMicroseconds: Double
        /// Decoding into the Swift type, in µs; `nil` where there is none.
        package let decodeMicroseconds: Double?
    }

    /// The cost of one answer to a question of a person, a page or a scrape.
    package struct AnswerFigures: Sendable {
        /// The time that half of the answers took at the most.
        package let median: Duration
        /// The time of the slowest answer.
        package let slowest: Duration
        /// Processor time of the server; `nil` where it runs elsewhere.
        package let server: Duration?

        init(_ measured: Measured) {
            median = measured.latencies?.p50 ?? .zero
            slowest = measured.latencies?.p99 ?? .zero
            server = measured.server.map { $0 / max(1, measured.events) }
        }
    }

    /// The cost of a question of a person, a page or a scrape.
    package struct OperationFigures: Sendable {
        /// The question.
        package let name: String
        /// Its cost in an inbox that holds next to nothing.
        package let alone: AnswerFigures
        /// Its cost beside a long history, where there was one.
        package var burdened: AnswerFigures?
    }

    /// The kind of bench.
    package let kind: BenchKind
    /// The program's own run.
    package var program: RunFigures?
    /// The same statements with next to nothing around them.
    package var limit: RunFigures?
    /// The program's run under the burden that was asked for.
    package var burdened: RunFigures?
    /// The program's run with handlers that ask for more.
    package var asking: RunFigures?
    /// The sources' figures, for a bench without a database.
    package var decoding: [DecodeFigures] = []
    /// The questions' figures, for the bench of operating.
    package var operations: [OperationFigures] = []
    /// With what it ran.
    package var settings: [Fact] = []
    /// On what it ran.
    package var machine: [Fact] = []

    /// The runs in the order in which they are shown.
    package var runs: [RunFigures] {
        [program, limit, burdened, asking].compactMap(\.self)
    }
}
