import ArgumentParser
import PostroomBench

/// Under what condition a bench is repeated.
struct BenchBurdenOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Repeat it while a snapshot of that age is held open, for example 60s.", valueName: "age"),
        transform: Self.duration
    )
    var oldSnapshot: Duration?

    @Option(name: .long, help: "How many events a second go through the inbox while the snapshot ages.")
    var oldSnapshotRate = 8000

    @Option(name: .long, help: "Repeat it with that many settled deliveries in the tables.")
    var prefillHistory = 0

    @Option(name: .long, help: "Repeat it with that many retries that are due in a day.")
    var scheduledRetries = 0

    @Option(name: .long, help: "Repeat it with that many dead letters.")
    var deadLetters = 0

    func validate() throws {
        try SendValues.check("--old-snapshot-rate", oldSnapshotRate, 1...1_000_000)
        try SendValues.check("--prefill-history", prefillHistory, 0...1_000_000_000)
        try SendValues.check("--scheduled-retries", scheduledRetries, 0...1_000_000_000)
        try SendValues.check("--dead-letters", deadLetters, 0...1_000_000_000)
    }

    func apply(to options: inout BenchOptions) {
        options.history.deliveries = prefillHistory
        options.history.retries = scheduledRetries
        options.history.deadLetters = deadLetters
        options.oldSnapshot = oldSnapshot.map { BenchOptions.OldSnapshot(age: $0, rate: oldSnapshotRate) }
    }

    @Sendable
    private static func duration(_ text: String) throws -> Duration {
        guard let duration = DurationText.parse(text), duration > .zero else {
            throw ValidationError("--old-snapshot takes a time such as 60s or 5m")
        }
        return duration
    }
}
