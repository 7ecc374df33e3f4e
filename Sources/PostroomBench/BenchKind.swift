package import Logging

/// A kind of bench.
package enum BenchKind: String, Sendable, CaseIterable {
    /// Group commits, from an in-process producer.
    case ingest
    /// A prefilled inbox, through the worker.
    case drain
    /// Both at once.
    case endToEnd = "end-to-end"
    /// From a request to its handler, when idle.
    case latency
    /// The receiver, under load over HTTP.
    case http
    /// The questions of people, pages and scrapes.
    case operate
    /// The sources' rules and types, without a database.
    case decode
}

/// Runs benches.
package struct Bench: Sendable {
    let options: BenchOptions
    let tools: BenchTools

    /// Puts a bench together.
    ///
    /// - Parameters:
    ///   - options: The subject of the bench, and its conditions.
    ///   - tools: The logger and the progress of the run.
    package init(options: BenchOptions, tools: BenchTools) {
        self.options = options
        self.tools = tools
    }

    /// Runs one bench, its limit run included.
    ///
    /// Whatever was started is ended, cancelled or not.
    ///
    /// - Parameter kind: The kind of bench.
    /// - Returns: The figures.
    /// - Throws: ``BenchFailure``, or the error of a module.
    package func run(_ kind: BenchKind) async throws -> BenchReport {
        guard kind != .decode else { return await DecodeBench(options: options, tools: tools).run() }
        return try await BenchDatabase.with(options, tools) { database in
            let scene = BenchScene(options: options, tools: tools, database: database)
            switch kind {
            case .ingest: return try await IngestBench(scene: scene).run()
            case .drain: return try await DrainBench(scene: scene).run()
            case .endToEnd: return try await EndToEndBench(scene: scene).run()
            case .latency: return try await LatencyBench(scene: scene).run()
            case .http: return try await HTTPBench(scene: scene).run()
            case .operate: return try await OperateBench(scene: scene).run()
            case .decode: preconditionFailure("it needs no database")
            }
        }
    }
}

/// The messages of a bench while it runs.
package struct BenchTools: Sendable {
    /// The logger of the modules that are measured.
    package let logger: Logger
    /// Tells a person what is being done.
    package let progress: @Sendable (String) -> Void

    /// Puts the tools together.
    package init(logger: Logger, progress: @escaping @Sendable (String) -> Void) {
        self.logger = logger
        self.progress = progress
    }
}

/// A reason for which a bench could not be carried out.
package struct BenchFailure: Error, CustomStringConvertible {
    /// The fault, and what to do.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
