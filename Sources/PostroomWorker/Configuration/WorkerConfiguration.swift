/// How much a worker takes on, and how long it waits for what.
public struct WorkerConfiguration: Hashable, Sendable {
    /// What a person reads in `status`: host name and process number, for example.
    public var label: String
    /// The most deliveries that are claimed and not yet settled, at least 1.
    public var deliveriesInFlight: Int = 4096
    /// The most bytes of headers and bodies that claimed deliveries take in memory; the last claim may exceed it.
    public var bytesInFlight: Int = 64 * 1024 * 1024
    /// The most deliveries that one claim asks for, so that claims and handlers overlap.
    ///
    /// With 1,024, an event of three no-op handlers took the least processor time, here and in Postgres together: 7.4 to
    /// 7.9 µs, against 10.1 to 11.5 with 128, 9.2 with 512, 8.1 to 8.8 with 2,048 and 8.8 to 9.3 with 4,096
    /// (`postroom bench drain --claim 1024`).
    public var deliveriesPerClaim: Int = 1024
    /// How many attempts of one handler run at the same time, at least 1.
    public var attemptsPerHandler: Int = 64
    /// How many jobs for each of a handler's slots may wait in memory before a handler that makes no headway sends
    /// further ones back to the inbox.
    public var waitingJobsPerSlot: Int = 16
    /// After how long an unfinished job leaves its batch, so that a slow handler does not hold the others' work.
    public var detachAfter: Duration = .milliseconds(500)
    /// How long a handler may go on after its attempt was cancelled before its slot is given to another attempt.
    public var cancellationGrace: Duration = .seconds(1)
    /// How long running attempts may go on after the worker was told to stop, before they are cancelled.
    public var shutdownGrace: Duration = .seconds(25)
    /// After how long a silent worker is taken for dead.
    ///
    /// Every worker of an inbox should have the same.
    public var lease: Duration = .seconds(15)
    /// How often batches are looked for where nothing signals that there are some.
    public var claimInterval: Duration = .seconds(1)
    /// How often due retries are looked for.
    public var retryInterval: Duration = .milliseconds(500)
    /// How often crash suspects are looked for.
    public var suspectInterval: Duration = .seconds(1)
    /// How long a job waits for a worker with newer code, whose patterns match where this worker's don't.
    public var newerCodeDelay: Duration = .seconds(1)
    /// How long after a lost reply the claims that nobody knows of are given back.
    public var unknownClaimsDelay: Duration = .seconds(5)

    /// The defaults under a label.
    public init(label: String) {
        self.label = label
    }
}

extension WorkerConfiguration {
    /// How often timeouts, spills and due retries are looked after.
    var tick: Duration { .milliseconds(100) }
    /// How long a job may expect to wait in a lane before the lane counts as stalled.
    var stall: Duration { .milliseconds(100) }
    /// The delays after calls of the inbox that failed: the first, and the longest.
    var backoff: (first: Duration, longest: Duration) { (.milliseconds(100), .seconds(3)) }
    /// How long settlements that the inbox refused are set aside.
    var refusalDelay: Duration { .seconds(30) }
    /// How often the heart beats.
    var heartbeat: Duration { lease / 5 }
    /// How often silent workers are looked for.
    var rescueInterval: Duration { lease / 10 }
}
