import Logging
import PostroomCore

/// Registers the worker, with as many tries as it takes.
struct Registrar {
    private let parts: WorkerParts
    private var failures: InboxFailureLog
    private var backoff: Backoff

    init(_ parts: WorkerParts) {
        self.parts = parts
        self.failures = InboxFailureLog("register", parts.log)
        self.backoff = Backoff()
    }

    /// Registers.
    ///
    /// - Parameter isStopping: The order to stop, which ends the tries.
    /// - Returns: A session, or `nil` where the worker is to stop.
    mutating func register(unless isStopping: Observed<Bool>) async -> Session? {
        while !isStopping.current {
            do {
                let session = try await register()
                failures.succeeded()
                backoff.reset()
                return session
            } catch {
                failures.failed(error)
                let pause = backoff.next(parts.random)
                _ = await withTimeLimit(pause, sleep: parts.clock.sleep) { await isStopping.wait(until: \.self) }
            }
        }
        return nil
    }

    private func register() async throws(QueueError) -> Session {
        var registration = WorkerRegistration(
            label: parts.configuration.label,
            handlers: parts.handlers.map { ($0.name, $0.patterns) },
            limits: parts.handlers.reduce(into: [:]) { $0[$1.name] = $1.options.limits },
            renamings: parts.handlers.flatMap { handler in handler.formerNames.map { ($0, handler.name) } },
            orders: parts.handlers.reduce(into: [:]) { $0[$1.name] = $1.options.order }
        )
        for handler in parts.handlers where handler.kind != .code {
            registration.kinds[handler.name] = handler.kind
        }
        let worker = try await parts.inbox.register(registration)
        let router = parts.router(try await parts.inbox.directory())
        // A handler that is busy must not be called by a process that has just begun.
        parts.holdBack(try await parts.inbox.adjustShares([], of: worker).heldBack)
        parts.log.info("registered", metadata: ["worker": .stringConvertible(worker)])
        let budget = CapacityBudget(
            limit: WorkSize(count: parts.configuration.deliveriesInFlight, bytes: parts.configuration.bytesInFlight),
            perClaim: parts.configuration.deliveriesPerClaim
        )
        return Session(worker, SessionState(budget: budget, router: router), watchSignal: parts.watchSignal)
    }
}
