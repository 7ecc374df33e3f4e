/// How much a worker takes on, and how long it waits for what.
package struct WorkerSettings: Hashable, Sendable {
    /// How many attempts of one handler run at the same time.
    package var concurrency = 64
    /// The most deliveries that are claimed and not yet settled.
    package var inFlight = 4096
    /// The most memory for headers and bodies of deliveries that are claimed and not yet settled.
    package var memory = ByteSize.mebibytes(64)
    /// The age of a batch at which its unfinished jobs leave it, so that it can be settled.
    package var detachAfter: Duration = .milliseconds(500)
    /// How long a handler may go on after its attempt was cancelled before its slot is given away.
    package var cancellationGrace: Duration = .seconds(1)
    /// How long running attempts may go on after the program was told to stop.
    package var shutdownGrace: Duration = .seconds(25)
    /// After how long a silent worker is taken for dead.
    package var lease: Duration = .seconds(15)
    /// How often batches are looked for where nothing signals that there are some.
    package var claimInterval: Duration = .seconds(1)
    /// How often due retries are looked for.
    package var retryInterval: Duration = .milliseconds(500)

    /// The keys of the section.
    package static let table: [Setting<WorkerSettings>] = [
        Setting("concurrency", \.concurrency, .number(1...4096), "attempts of one handler that run at the same time"),
        Setting("in-flight", \.inFlight, .number(1...1_000_000), "the most deliveries claimed and not yet settled"),
        Setting(
            "memory",
            \.memory,
            .size(.mebibytes(1)...(.mebibytes(65_536))),
            "how much memory claimed deliveries may take"
        ),
        Setting(
            "detach-after",
            \.detachAfter,
            .duration(.milliseconds(50)...(.seconds(60))),
            "the age of a batch at which its unfinished jobs leave it"
        ),
        Setting(
            "cancellation-grace",
            \.cancellationGrace,
            .duration(.zero...(.seconds(600))),
            "how long a cancelled handler may go on before its slot is given away"
        ),
        Setting(
            "shutdown-grace",
            \.shutdownGrace,
            .duration(.zero...(.seconds(3600))),
            "how long running attempts may go on after a stop"
        ),
        Setting(
            "lease",
            \.lease,
            .duration(.seconds(2)...(.seconds(3600))),
            "after how long a silent worker is taken for dead; the same for all workers"
        ),
        Setting("claim-interval", \.claimInterval, .duration(looking), "how often batches are looked for unasked"),
        Setting("retry-interval", \.retryInterval, .duration(looking), "how often due retries are looked for"),
    ]

    private static let looking: ClosedRange<Duration> = .milliseconds(10)...(.seconds(60))
}
