import Synchronization

/// Measures what a body uses.
struct Meter: Sendable {
    let database: BenchDatabase

    /// Runs a body and reads what it used.
    ///
    /// - Parameter body: Returns how many events there were, when the last one ended, and how long each took.
    /// - Returns: The measurement.
    /// - Throws: The body's error, or the reason for which the server could not be asked.
    func measure(_ body: () async throws -> Outcome) async throws -> Measured {
        let peak = PeakMemory()
        let start = try await database.reading()
        let outcome = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    peak.look()
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
        var measured = Measured(from: start, to: try await database.reading())
        measured.events = outcome.events
        measured.elapsed = outcome.elapsed
        measured.latencies = outcome.latencies
        measured.generator = outcome.generator
        measured.answers = outcome.answers
        measured.peakResidentBytes = peak.look()
        return measured
    }

    /// The result of a measured body.
    struct Outcome: Sendable {
        var events: Int
        var elapsed: Duration
        var latencies: Percentiles?
        var generator: Duration?
        var answers: [RunFigures.Answer] = []
    }
}

/// The most resident memory that was seen.
private final class PeakMemory: Sendable {
    private let bytes = Atomic(0)

    /// Looks again.
    ///
    /// - Returns: The most so far.
    @discardableResult
    func look() -> Int {
        bytes.max(ProcessUsage.residentBytes, ordering: .relaxed).newValue
    }
}
