/// What can be measured.
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
    ///   - options: What is measured, and under what conditions.
    ///   - tools: What it says while it runs, and to whom.
    package init(options: BenchOptions, tools: BenchTools) {
        self.options = options
        self.tools = tools
    }

    /// Runs one bench, its limit run included.
    ///
    /// What it starts, it ends, cancelled or not.
    ///
    /// - Parameter kind: What is measured.
    /// - Returns: The figures.
    /// - Throws: ``BenchFailure``, or what a room threw.
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
            case .decode: preconditionFailure("it needs no database")
            }
        }
    }
}
