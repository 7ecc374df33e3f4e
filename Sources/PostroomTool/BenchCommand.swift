import ArgumentParser
import Logging
import PostroomBench
import PostroomCLI
import PostroomConfiguration

/// `postroom bench`: measures this program on this machine.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure Postroom here, each time beside the same statements with next to nothing around them.",
        discussion: """
            ingest      group commits, from a producer inside the process
            drain       a prefilled inbox through the worker and its handlers
            end-to-end  both at once, in one process
            latency     from a request over loopback HTTP to the start of its handler, on an idle system
            http        the receiver under load by wrk, which must be installed
            operate     what people, the console's pages and scrapes ask
            decode      the sources' rules and Swift types, without a database

            It starts a Postgres of its own with the settings of production, fsync included, and ends it again. Compare \
            the ratios of one run: absolute figures are the machine's.
            """
    )

    @Argument(help: "What to measure: ingest, drain, end-to-end, latency, http, operate or decode.")
    var kind: BenchKind

    @OptionGroup(title: "Load") var load: BenchLoadOptions
    @OptionGroup(title: "Burden: the run is repeated with it, and compared") var burden: BenchBurdenOptions
    @OptionGroup(title: "Place") var place: BenchPlaceOptions

    func validate() throws {
        let asks = load.order || load.transactional || load.limit != nil
        guard !asks || kind == .drain else {
            throw ValidationError("--order, --transactional and --limit go with drain")
        }
        guard !load.order || load.decode == .raw else {
            throw ValidationError("--order goes with --decode raw: the events differ by their keys alone")
        }
    }

    @Flag(name: .long, help: "Print JSON: one object.")
    var json = false

    @Option(name: .long, help: "The least level to log.", transform: LogLevelText.read)
    var logLevel: Logger.Level = .warning

    func run() async throws {
        let environment = ProgramContext.current.environment
        let output = CommandOutput.standard(environment: environment)
        var log = LogSettings()
        log.level = logLevel
        let tools = BenchTools(
            logger: LogSetup(log, environment: environment).logger(label: "postroom"),
            progress: { output.note($0, .dim) }
        )
        let bench = Bench(options: options, tools: tools)
        let report = try await Interruption.run { try await bench.run(kind) }
        try CommandOutput.write { report.write(to: $0, asJSON: json) }
    }

    private var options: BenchOptions {
        var options = BenchOptions()
        load.apply(to: &options, kind: kind)
        burden.apply(to: &options)
        place.apply(to: &options)
        return options
    }
}

extension BenchKind: ExpressibleByArgument {}
extension BenchOptions.Decoding: ExpressibleByArgument {}

/// The load of a bench.
struct BenchLoadOptions: ParsableArguments {
    @Option(name: .long, help: "How many no-op handlers take each event (default: 3; for http 0).")
    var handlers: Int?

    @Option(name: .long, help: "What the handlers take: raw or typed.")
    var decode: BenchOptions.Decoding = .raw

    @Option(name: .long, help: "The share of events whose first attempts fail, from 0 to 1.")
    var failRate = 0.0

    @Option(
        name: .long,
        help: "Drain again with so many attempts of each handler at once over all processes, and compare."
    )
    var limit: Int?

    @Flag(
        name: .long,
        help: "Drain again with handlers that take the events of a key one after the other, and compare."
    )
    var order = false

    @Option(name: .long, help: "How many keys --order has.")
    var keys = 1000

    @Flag(name: .long, help: "Drain again with handlers that end their jobs in transactions of their own, and compare.")
    var transactional = false

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
            ("--batch", batch, 1...256), ("--limit", limit, 1...1_000_000), ("--keys", keys, 1...10_000_000),
        ]
        for (option, number, range) in bounds {
            if let number { try OptionRange.check(option, number, range) }
        }
        guard (0...1).contains(failRate) else {
            throw ValidationError("--fail-rate takes a number from 0 to 1, not \(failRate)")
        }
    }

    func apply(to options: inout BenchOptions, kind: BenchKind) {
        options.handlers = handlers ?? (kind == .http ? 0 : 3)
        options.decoding = decode
        options.failRate = failRate
        options.asking.limit = limit
        options.asking.keys = order ? keys : nil
        options.asking.isTransactional = transactional
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
        try OptionRange.check("--old-snapshot-rate", oldSnapshotRate, 1...1_000_000)
        try OptionRange.check("--prefill-history", prefillHistory, 0...1_000_000_000)
        try OptionRange.check("--scheduled-retries", scheduledRetries, 0...1_000_000_000)
        try OptionRange.check("--dead-letters", deadLetters, 0...1_000_000_000)
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

/// The place of a bench.
struct BenchPlaceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A database to use in place of a private server; needs --allow-load.",
            discussion: "The bench makes the schema postroom_bench there and drops it afterwards.",
            valueName: "url"
        )
    )
    var database: String?

    @Flag(name: .long, help: "Allow it to load the database given with --database as heavily as it can.")
    var allowLoad = false

    func validate() throws {
        if database != nil, !allowLoad {
            throw ValidationError(
                "a bench takes all that the server has from everybody who uses it; say --allow-load if that is all right"
            )
        }
        if database == nil, allowLoad {
            throw ValidationError("--allow-load goes with --database")
        }
    }

    func apply(to options: inout BenchOptions) {
        if let database {
            options.database = .existing(connectionString: database)
        }
    }
}
