/// How long to wait before the next try of something that failed: twice as long each time, and jittered.
struct Backoff {
    private let first: Duration
    private let longest: Duration
    private let random: WorkerRandom
    private var next: Duration

    init(_ configuration: WorkerConfiguration, _ random: WorkerRandom, atMost limit: Duration? = nil) {
        self.first = configuration.backoff.first
        self.longest = min(configuration.backoff.longest, limit ?? configuration.backoff.longest)
        self.random = random
        self.next = first
    }

    mutating func failed() -> Duration {
        defer { next = min(longest, next * 2) }
        return random.jittered(next)
    }

    mutating func succeeded() {
        next = first
    }
}
