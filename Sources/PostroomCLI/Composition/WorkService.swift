import Logging
import PostroomCore
import PostroomInbox
import PostroomWorker
import ServiceLifecycle

/// Holds the inbox's connections open; the last service to end.
struct ConnectionsService: Service {
    let inbox: Inbox

    func run() async throws {
        await cancelWhenGracefulShutdown { await inbox.run() }
    }
}

/// The services of the program's author.
struct ProgramServices: Sendable {
    /// The services, each of which says when its task has begun.
    let all: [any Service]
    private let begun: Observed<Int>

    init(_ services: [any Service]) {
        let begun = Observed(0)
        self.begun = begun
        self.all = services.map { Announced(service: $0, begun: begun) }
    }

    /// Returns when the tasks of all services have begun, or the caller's task is cancelled.
    func waitUntilBegun() async {
        let count = all.count
        await begun.wait { $0 >= count }
    }

    private struct Announced: Service {
        let service: any Service
        let begun: Observed<Int>

        func run() async throws {
            begun.update { $0 += 1 }
            do {
                try await service.run()
            } catch let error where !(error is CancellationError) {
                let reason = EscapedText.of("\(error)")
                throw CommandFailure(.failed, "the service \(type(of: service)) has failed: \(reason)")
            }
        }
    }
}

/// Everything that needs a schema that fits: it is waited for, visibly, and then the worker works and the inbox is kept
/// in order.
struct WorkService: Service {
    let inbox: Inbox
    let worker: Worker?
    let services: ProgramServices
    let maintenance: Maintenance
    let logger: Logger

    /// The time between two warnings about what is waited for.
    private static let interval: Duration = .seconds(5)

    func run() async throws {
        guard try await cancelWhenGracefulShutdown({ try await waitForSchema() }) else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await maintenance.run() } }
            if let worker {
                await cancelWhenGracefulShutdown { await services.waitUntilBegun() }
                try await worker.run()
            } else {
                try? await gracefulShutdown()
            }
            group.cancelAll()
        }
    }

    /// Waits until the database is reached and its schema fits.
    ///
    /// - Returns: `false` where the service is to end before.
    /// - Throws: ``CommandFailure`` for a schema that no migration brings to this program's.
    private func waitForSchema() async throws -> Bool {
        while !Task.isCancelled {
            do {
                guard try await withTimeLimit(Self.interval, { try await inbox.waitUntilConnected() }) != nil else {
                    throw CancellationError()
                }
                let state = try await inbox.schemaState()
                guard let problem = InboxReadiness.problem(with: state) else {
                    logger.info("the inbox is ready")
                    return true
                }
                switch state {
                case .newer, .foreign: throw CommandFailure(.failed, problem)
                case .missing, .outdated, .current, .compatible: break
                }
                logger.warning("waiting for the schema", metadata: ["reason": "\(problem)"])
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                guard !Task.isCancelled else { return false }
                let reason = inbox.connectionFailure ?? "\(error)"
                logger.warning("waiting for the database", metadata: ["reason": "\(reason)"])
                continue
            }
            try? await Task.sleep(for: Self.interval)
        }
        return false
    }
}
