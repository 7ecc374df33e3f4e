import PostgresClient
import PostroomAdmin
import PostroomConsole
import PostroomCore
import PostroomInbox
import PostroomSources

/// The questions that people, pages and scrapes ask of an inbox: first of an almost empty one, then beside a long history.
///
/// Nothing else happens in the inbox meanwhile, so that the server's processor time is that of the questions.
struct OperateBench: Sendable {
    let scene: BenchScene

    /// The number of times that each question is asked.
    private static let rounds = 20

    func run() async throws -> BenchReport {
        var report = try await scene.report(.operate)
        let load = try Load(bodyBytes: scene.options.bodyBytes)
        try await scene.recordHandlers()
        report.operations = try await answers(load)
        if !scene.options.history.isEmpty {
            scene.tools.progress("making a history")
            try await Prefill(database: scene.database, load: load, batch: scene.options.batch)
                .past(scene.options.history)
            try await scene.withInbox { inbox in
                scene.tools.progress("counting it")
                try await inbox.countFigures(for: .seconds(3600))
            }
            let burdened = try await answers(load)
            for (index, answer) in burdened.enumerated() {
                report.operations[index].burdened = answer.alone
            }
        }
        return report
    }

    /// Asks each question of the inbox as it is now.
    private func answers(_ load: Load) async throws -> [BenchReport.OperationFigures] {
        let number = load.numbers(1)
        let deliveries = load.deliveries(number)
        let loop = PollLoop(name: "bench-console")
        let inbox = Inbox(configuration: scene.database.inbox, loop: loop, logger: scene.tools.logger)
        // unstructured: the connections outlive the questions, and end below
        let connections = Task { await inbox.runForAdministration() }
        let result: Result<[BenchReport.OperationFigures], any Error>
        do {
            try await inbox.waitUntilAdministrable()
            let stored = try await scene.withInbox { try await $0.store(deliveries, claimedBy: nil) }
            guard let receipt = stored.receipts.first else { throw BenchFailure("a delivery was not stored") }
            result = .success(
                try await answers(inbox, to: Question.all(of: receipt.id, deliveries[0], console(inbox)))
            )
        } catch {
            result = .failure(error)
        }
        connections.cancel()
        await connections.value
        await loop.stop()
        return try result.get()
    }

    private func console(_ inbox: Inbox) -> Console {
        Console(
            access: ConsoleAccess(isLoopbackOnly: true),
            inbox: inbox,
            sources: .builtIn,
            isInUse: Observed(true),
            logger: scene.tools.logger,
            unreadableReason: { _ in nil }
        )
    }

    private func answers(
        _ inbox: Inbox,
        to questions: [Question]
    ) async throws -> [BenchReport.OperationFigures] {
        var figures: [BenchReport.OperationFigures] = []
        for question in questions {
            scene.tools.progress("asking for \(question.name)")
            // The first answer warms the connection's plans and what they read.
            try await question.ask(inbox)
            let latencies = LatencyRecorder()
            let measured = try await scene.meter.measure {
                let start = ContinuousClock.now
                for _ in 0..<Self.rounds {
                    let asked = ContinuousClock.now
                    try await question.ask(inbox)
                    latencies.record([ContinuousClock.now - asked])
                }
                return Meter.Outcome(
                    events: Self.rounds,
                    elapsed: ContinuousClock.now - start,
                    latencies: latencies.percentiles
                )
            }
            figures.append(BenchReport.OperationFigures(name: question.name, alone: .init(measured)))
        }
        return figures
    }
}

/// A question to an inbox, as a person, a page or a scrape asks it.
private struct Question: Sendable {
    let name: String
    let ask: @Sendable (Inbox) async throws -> Void

    /// All questions.
    ///
    /// - Parameters:
    ///   - id: A delivery that is kept.
    ///   - delivery: The same as it came.
    ///   - console: The console.
    /// - Returns: The questions, in the order in which they are asked.
    static func all(of id: DeliveryID, _ delivery: IncomingDelivery, _ console: Console) -> [Question] {
        let key = delivery.identity.idempotencyKey
        return [
            Question(name: "deliveries by key") { inbox in
                guard try await inbox.deliveries(withKey: key, at: delivery.endpoint) == [id] else {
                    throw BenchFailure("the delivery with the key \(key) was not found")
                }
            },
            Question(name: "why") { _ = try await $0.why(id) },
            Question(name: "deliveries list") { _ = try await $0.deliveries(DeliveryFilter(), limit: 50) },
            Question(name: "dead-letters list") { _ = try await $0.deadLetters(DeadLetterFilter(), limit: 50) },
            Question(name: "dead-letters groups") { _ = try await $0.letterGroups(limit: 50, fresh: false) },
            Question(name: "a scrape of /metrics") { inbox in
                _ = try await inbox.status(fresh: false)
                _ = try await inbox.partitionOutlook()
                _ = try await inbox.backlog(fresh: false)
                _ = try await inbox.deadLetterTotals()
            },
        ]
            + [
                ("now", ""), ("deliveries", "/deliveries"),
                ("deliveries by key", "/deliveries?key=\(key)&endpoint=\(delivery.endpoint)"),
                ("a delivery", "/delivery?id=\(id.rawValue)"), ("dead letters", "/dead-letters"),
                ("replays", "/replays"), ("handlers", "/handlers"), ("endpoints", "/endpoints"),
                ("workers", "/workers"), ("audit", "/audit"),
            ]
            .map { page, target in
                Question(name: "console: \(page)") { _ in
                    let answer = await console.respond(
                        to: PageRequest(
                            target: Console.path + target,
                            headers: ["host": ["127.0.0.1"]],
                            peer: "127.0.0.1"
                        )
                    )
                    guard answer.status == 200 else {
                        throw BenchFailure("the console answered \(target) with \(answer.status)")
                    }
                }
            }
    }
}
