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

    /// The kind of bench.
    package let kind: BenchKind
    /// The program's own run.
    package var program: RunFigures?
    /// The same statements with next to nothing around them.
    package var limit: RunFigures?
    /// The program's run under the burden that was asked for.
    package var burdened: RunFigures?
    /// The sources' figures, for a bench without a database.
    package var decoding: [DecodeFigures] = []
    /// With what it ran.
    package var settings: [Fact] = []
    /// On what it ran.
    package var machine: [Fact] = []

    /// The runs in the order in which they are shown.
    package var runs: [RunFigures] {
        [program, limit, burdened].compactMap(\.self)
    }
}
