import PostroomAdmin
import PostroomInbox
import PostroomReceiver
import PostroomWorker

/// A real receiver on a loopback port.
struct BenchReceiver: Sendable {
    let port: Int
    let metrics: PrometheusMetrics

    /// Runs a body while the receiver listens.
    ///
    /// - Throws: The body's error, or the reason for which it can't listen.
    static func with<Value>(
        _ scene: BenchScene,
        _ load: SignedLoad,
        store: Inbox,
        handOff: Worker?,
        _ body: (BenchReceiver) async throws -> Value
    ) async throws -> Value {
        var configuration = ReceiverConfiguration(host: "127.0.0.1", port: 0)
        configuration.commits.inFlight = scene.options.connections ?? scene.database.inbox.intakeConnections
        let metrics = BenchScene.metrics()
        let receiver = Receiver(
            configuration: configuration,
            endpoints: [load.endpoint],
            store: store,
            handOff: handOff,
            metrics: metrics,
            logger: scene.tools.logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await receiver.run() }
            defer { group.cancelAll() }
            let address = try await receiver.boundAddress()
            return try await body(BenchReceiver(port: address.port, metrics: metrics))
        }
    }

    /// The number of times that each answer was given, by the receiver's own metrics.
    func answers() async -> [RunFigures.Answer] {
        let name = "postroom_intake_requests_total{"
        var counts: [String: Int] = [:]
        for line in await metrics.render().split(separator: "\n") where line.hasPrefix(name) {
            guard
                let start = line.firstRange(of: #"answer=""#)?.upperBound,
                let end = line[start...].firstIndex(of: "\""),
                let count = line.split(separator: " ").last.flatMap({ Double($0) }), count > 0
            else { continue }
            counts[String(line[start..<end]), default: 0] += Int(count)
        }
        return counts.sorted { $0.key < $1.key }.map { RunFigures.Answer(name: $0.key, count: $0.value) }
    }
}
