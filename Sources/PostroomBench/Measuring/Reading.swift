/// The resources that were used up to a moment.
struct Reading: Sendable {
    let at: ContinuousClock.Instant
    let program: Duration
    /// `nil` where the server runs elsewhere.
    let server: Duration?
    let walBytes: Int
    /// The number of transactions that have written something.
    let commits: Int
}

/// The outcome of one run.
struct Measured: Sendable {
    var events = 0
    var elapsed: Duration = .zero
    var latencies: Percentiles?
    var program: Duration = .zero
    var server: Duration?
    /// The resources of the load generator, where that is another process.
    var generator: Duration?
    var walBytes = 0
    var commits = 0
    var peakResidentBytes = 0
    var answers: [RunFigures.Answer] = []

    init(from start: Reading, to end: Reading) {
        elapsed = end.at - start.at
        program = end.program - start.program
        if let before = start.server, let after = end.server {
            server = after - before
        }
        walBytes = end.walBytes - start.walBytes
        commits = end.commits - start.commits
    }
}
