import Logging
import PostroomCore

/// Makes the worker known, as often as it takes.
struct Registrar {
    private let parts: WorkerParts
    private var troubles: Troubles
    private var backoff: Backoff

    init(_ parts: WorkerParts) {
        self.parts = parts
        self.troubles = Troubles("register", parts.log)
        self.backoff = Backoff(parts.configuration, parts.random)
    }

    /// Registers.
    ///
    /// - Parameter stopping: What ends the tries.
    /// - Returns: A session, or `nil` where the worker is to stop.
    mutating func register(unless stopping: Stopping) async -> Session? {
        while !stopping.isRequested {
            do {
                let session = try await register()
                troubles.succeeded()
                return session
            } catch {
                troubles.failed(error)
                await parts.wait(for: stopping.signal, atMost: backoff.failed())
            }
        }
        return nil
    }

    private func register() async throws(QueueError) -> Session {
        let registration = WorkerRegistration(
            label: parts.configuration.label,
            handlers: parts.handlers.map { ($0.name, $0.patterns) }
        )
        let worker = try await parts.queue.register(registration)
        let router = parts.router(try await parts.queue.directory())
        parts.log.info("registered", metadata: ["worker": .stringConvertible(worker)])
        let ledger = RoomLedger(
            limit: WorkSize(count: parts.configuration.deliveriesInFlight, bytes: parts.configuration.bytesInFlight),
            perClaim: parts.configuration.deliveriesPerClaim
        )
        return Session(worker, SessionState(ledger: ledger, router: router), watchSignal: parts.watchSignal)
    }
}
