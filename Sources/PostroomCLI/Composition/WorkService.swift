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

/// Everything that needs a schema that fits: it is waited for, visibly, and then the worker works and the inbox is kept
/// in order.
struct WorkService: Service {
    let inbox: Inbox
    let worker: Worker?
    let maintenance: Maintenance
    let logger: Logger

    /// How often somebody who watches is told what is waited for.
    private static let interval: Duration = .seconds(5)

    func run() async throws {
        guard try await cancelWhenGracefulShutdown({ try await waitForSchema() }) else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await cancelWhenGracefulShutdown { await maintenance.run() } }
            if let worker {
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
                guard let complaint = InboxReadiness.complaint(of: state) else {
                    logger.info("the inbox is ready")
                    return true
                }
                switch state {
                case .newer, .foreign: throw CommandFailure(.failed, complaint)
                case .missing, .outdated, .current, .compatible: break
                }
                logger.warning("waiting for the schema", metadata: ["reason": "\(complaint)"])
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
