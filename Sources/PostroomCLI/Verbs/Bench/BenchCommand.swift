import ArgumentParser
import Logging
import PostroomBench
import UnixSignals

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
            decode      the sources' rules and Swift types, without a database

            It starts a Postgres of its own with the settings of production, fsync included, and ends it again. Compare \
            the ratios of one run: absolute figures are the machine's.
            """
    )

    @Argument(help: "What to measure: ingest, drain, end-to-end, latency, http or decode.")
    var kind: BenchKind

    @OptionGroup(title: "Load") var load: BenchLoadOptions
    @OptionGroup(title: "Burden: the run is repeated with it, and compared") var burden: BenchBurdenOptions
    @OptionGroup(title: "Place") var place: BenchPlaceOptions

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
        let report = try await Self.untilInterrupted { try await bench.run(kind) }
        try CommandOutput.write { report.write(to: $0, asJSON: json) }
    }

    private var options: BenchOptions {
        var options = BenchOptions()
        load.apply(to: &options, kind: kind)
        burden.apply(to: &options)
        place.apply(to: &options)
        return options
    }

    /// Runs a body until it ends, or a signal cancels it: what it started is ended by it either way.
    private static func untilInterrupted<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals {
                    return nil
                }
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil {
                return value
            }
            group.cancelAll()
            _ = try? await group.next()
            throw CommandFailure(.failed, "interrupted; what the bench started was ended")
        }
    }
}

extension BenchKind: ExpressibleByArgument {}
extension BenchOptions.Decoding: ExpressibleByArgument {}
