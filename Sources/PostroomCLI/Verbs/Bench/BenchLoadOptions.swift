import ArgumentParser
import PostroomBench

/// What a bench is loaded with.
struct BenchLoadOptions: ParsableArguments {
    @Option(name: .long, help: "How many no-op handlers take each event (default: 3; for http 0).")
    var handlers: Int?

    @Option(name: .long, help: "What the handlers take: raw or typed.")
    var decode: BenchOptions.Decoding = .raw

    @Option(name: .long, help: "The share of events whose first attempts fail, from 0 to 1.")
    var failRate = 0.0

    @Option(name: .long, help: "The least size of a body, in bytes.")
    var bodyBytes = 1024

    @Option(name: .long, help: "How long each run takes where no number of events bounds it.")
    var seconds = 10

    @Option(name: .long, help: "How many events each run has (default: by --seconds; drain 600,000, latency 2,000).")
    var events: Int?

    @Option(name: .long, help: "How many connections intake and dispatch have each (default: as in production).")
    var connections: Int?

    @Option(name: .long, help: "How many deliveries one claim asks for (default: as in production).")
    var claim: Int?

    @Option(name: .long, help: "How many deliveries the in-process producer has under way.")
    var inFlight = 512

    @Option(name: .long, help: "How many connections the HTTP load generator opens.")
    var httpConnections = 64

    @Option(name: .long, help: "How many connections the limit run uses.")
    var limitConnections = 4

    @Option(name: .long, help: "How many deliveries go together in the limit run and in a prefilled inbox.")
    var batch = 100

    @Flag(name: .long, help: "Pass deliveries on through the database, as between processes.")
    var noHandOff = false

    func validate() throws {
        let bounds: [(String, Int?, ClosedRange<Int>)] = [
            ("--handlers", handlers, 0...256), ("--body-bytes", bodyBytes, 1...1_000_000),
            ("--seconds", seconds, 1...86_400), ("--events", events, 1...1_000_000_000),
            ("--connections", connections, 1...64), ("--claim", claim, 1...4096), ("--in-flight", inFlight, 1...65_536),
            ("--http-connections", httpConnections, 1...10_000), ("--limit-connections", limitConnections, 1...64),
            ("--batch", batch, 1...256),
        ]
        for (option, number, range) in bounds {
            if let number { try SendValues.check(option, number, range) }
        }
        guard (0...1).contains(failRate) else {
            throw ValidationError("--fail-rate takes a number from 0 to 1, not \(failRate)")
        }
    }

    func apply(to options: inout BenchOptions, kind: BenchKind) {
        options.handlers = handlers ?? (kind == .http ? 0 : 3)
        options.decoding = decode
        options.failRate = failRate
        options.bodyBytes = bodyBytes
        options.duration = .seconds(seconds)
        options.events = events
        options.connections = connections
        options.claim = claim
        options.inFlight = inFlight
        options.httpConnections = httpConnections
        options.limitConnections = limitConnections
        options.batch = batch
        options.handsOff = !noHandOff
    }
}
