import Logging
import Synchronization

extension PostgresPool {
    /// How long a connection must have lived for its loss to begin with the shortest pause again.
    private static let steadyAfter = Duration.seconds(5)

    /// Waits until at least one connection is open.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func waitUntilConnected() async throws(CancellationError) {
        _ = try await anyConnection()
    }

    /// An open connection, as soon as there is one.
    func anyConnection() async throws(CancellationError) -> PostgresConnection {
        while true {
            if let connection = state.withLock({ $0.members.first?.connection }) { return connection }
            if Task.isCancelled { throw CancellationError() }
            await waitForChange()
        }
    }

    /// Waits for a connection to open, or for cancellation.
    private func waitForChange() async {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.members.isEmpty || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }

    /// Connects, waits for the loss, and begins again, until cancelled.
    func keepConnected(_ slot: Int) async {
        var logger = logger
        logger[metadataKey: "connection"] = "\(slot)"
        var backoff = Backoff(limit: configuration.longestPause)
        var serial = 0
        while !Task.isCancelled {
            let failure: PostgresError?
            do throws(PostgresError) {
                let connection = try await connect(logger)
                serial += 1
                failure = await serve(connection, number: serial * size + slot, logger: logger, backoff: &backoff)
            } catch {
                failure = error
            }
            guard !Task.isCancelled, let failure else { return }
            let pause = backoff.next()
            report(failure, pause, logger)
            try? await Task.sleep(for: pause)
        }
    }

    /// Connects, and has the connection examined.
    private func connect(_ logger: Logger) async throws(PostgresError) -> PostgresConnection {
        let connection = try await PostgresConnection.connect(configuration, on: loop, logger: logger)
        do throws(PostgresError) {
            try await examine(connection)
            return connection
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Offers a connection to callers until it ends.
    ///
    /// - Returns: Why it ended, `nil` if it was closed because of cancellation.
    private func serve(
        _ connection: PostgresConnection,
        number: Int,
        logger: Logger,
        backoff: inout Backoff
    ) async -> PostgresError? {
        let start = ContinuousClock.now
        logger.info("postgres connected")
        let waiters = state.withLock { state in
            state.members.append(Member(connection: connection, number: number))
            state.lastFailure = nil
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.self)
        }
        for waiter in waiters { waiter.resume() }
        let reason = await withTaskCancellationHandler {
            await connection.whenClosed()
        } onCancel: {
            // unstructured: bridges a synchronous callback; ends when the connection is closed
            Task { await connection.close() }
        }
        let wasOfUse = state.withLock { state in
            defer { state.members.removeAll { $0.number == number } }
            if let reason { state.lastFailure = reason }
            return state.members.contains { $0.number == number && $0.wasOfUse }
        }
        if start.duration(to: .now) >= Self.steadyAfter {
            backoff.reset()
        } else if wasOfUse {
            // A server that answers and goes away again, in a second restart perhaps, is not waited for as one that is
            // down for long.
            backoff.ease()
        }
        return reason
    }

    private func report(_ failure: PostgresError, _ pause: Duration, _ logger: Logger) {
        state.withLock { $0.lastFailure = $0.members.isEmpty ? failure : $0.lastFailure }
        let metadata: Logger.Metadata = [
            "error": "\(failure.message)",
            "sqlstate": "\(failure.sqlState?.rawValue ?? "none")",
            "next_try_ms": "\(pause.milliseconds)",
        ]
        if failure.kind == .connectionLost || failure.kind == .replyTimeout {
            logger.warning("postgres connection lost", metadata: metadata)
        } else {
            logger.warning("postgres cannot be reached", metadata: metadata)
        }
    }
}
