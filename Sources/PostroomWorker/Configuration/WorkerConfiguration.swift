import PostroomCore

/// The limits and intervals of a worker.
package struct WorkerConfiguration: Hashable, Sendable {
    /// The name of the process for people who read `status`, for example host name and process number.
    package var label: String
    /// The most deliveries that are claimed and not yet settled, at least 1.
    package var deliveriesInFlight: Int = 4096
    /// The most bytes of headers and bodies that claimed deliveries take in memory; the last claim may exceed it.
    package var bytesInFlight: Int = 64 * 1024 * 1024
    /// The most deliveries that one claim asks for, so that claims and handlers overlap.
    ///
    /// With 1,024, an event of three no-op handlers took the least processor time, here and in Postgres together: 7.4 to
    /// 7.9 µs, against 10.1 to 11.5 with 128, 9.2 with 512, 8.1 to 8.8 with 2,048 and 8.8 to 9.3 with 4,096
    /// (`postroom bench drain --claim 1024`).
    package var deliveriesPerClaim: Int = 1024
    /// The most attempts of one handler that run at the same time, at least 1.
    package var attemptsPerHandler: Int = 64
    /// The most jobs that may wait in memory for each of a handler's slots; beyond it, a handler that makes no headway sends
    /// further ones back to the inbox.
    package var waitingJobsPerSlot: Int = 16
    /// The age of a batch at which its unfinished jobs leave it, so that a slow handler does not hold the others' work.
    ///
    /// Where no handler is slow and jobs only wait for the processor, a batch has twenty times as long.
    package var detachAfter: Duration = .milliseconds(500)
    /// The time that a handler has after its attempt was cancelled, before its slot is given to another attempt.
    package var cancellationGrace: Duration = .seconds(1)
    /// The time that running attempts have after the worker was told to stop, before they are cancelled.
    package var shutdownGrace: Duration = .seconds(25)
    /// The silence after which a worker is taken for dead.
    ///
    /// Every worker of an inbox should have the same.
    package var lease: Duration = .seconds(15)
    /// The interval at which batches are looked for where nothing signals that there are some.
    package var claimInterval: Duration = .seconds(1)
    /// The interval at which due retries are looked for.
    package var retryInterval: Duration = .milliseconds(500)
    /// The interval at which crash suspects are looked for.
    package var suspectInterval: Duration = .seconds(1)
    /// The time that a job waits for a worker with newer code, whose patterns match where this worker's do not.
    package var newerCodeDelay: Duration = .seconds(1)
    /// The time after a lost reply at which the claims that it told of are released.
    package var unknownClaimsDelay: Duration = .seconds(5)

    /// Makes the default configuration with a label.
    package init(label: String) {
        self.label = label
    }
}

extension WorkerConfiguration {
    /// The configuration of one worker of several in a process, each with an inbox of its own.
    ///
    /// - Parameters:
    ///   - rank: The place of the worker among them.
    ///   - count: The number of workers.
    /// - Returns: The configuration with its part of what a process may use.
    package func part(_ rank: Int, of count: Int) -> WorkerConfiguration {
        func part(_ number: Int) -> Int {
            max(1, number / count + (rank < number % count ? 1 : 0))
        }
        var configuration = self
        configuration.attemptsPerHandler = part(attemptsPerHandler)
        configuration.deliveriesInFlight = part(deliveriesInFlight)
        configuration.bytesInFlight = part(bytesInFlight)
        return configuration
    }
}

extension WorkerConfiguration {
    /// The interval at which timeouts, old batches and due retries are looked after.
    var tick: Duration { .milliseconds(100) }
    /// The expected wait in a handler's queue above which the queue counts as stalled.
    var stall: Duration { .milliseconds(100) }
    /// The time for which settlements that the inbox refused are set aside.
    var refusalDelay: Duration { .seconds(30) }
    /// The interval of heartbeats.
    var heartbeat: Duration { lease / 5 }
    /// The interval at which notices of dead letters are looked for where there is a hook.
    var noticeInterval: Duration { .seconds(5) }
    /// The interval at which silent workers are looked for.
    var rescueInterval: Duration { lease / 10 }
}

extension Backoff {
    /// Makes the pauses after calls of the inbox that failed, each spread by a fifth to either side.
    init(atMost limit: Duration = .seconds(3)) {
        self.init(from: .milliseconds(100), upTo: min(.seconds(3), limit), spread: 0.8...1.2)
    }

    /// Returns the pause before the next try.
    mutating func next(_ random: WorkerRandom) -> Duration {
        var generator = random
        return next(fraction: .random(in: 0...1, using: &generator))
    }
}
