package import Logging
import Synchronization

/// A fixed number of connections for one role; each that is lost is made again.
///
/// Every connection is pipelined, so a few serve many callers. While none is connected, requests fail at once with an
/// error that is transient and safe to retry.
package final class PostgresPool: PostgresSession {
    struct Member {
        let connection: PostgresConnection
        let number: Int
        var inFlight = 0
        /// True if it has answered a request.
        var hasAnswered = false
    }

    struct State {
        var members: [Member] = []
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter = 0
        var lastFailure: PostgresError?
        /// The server that took the place of one which did not answer: it is tried first, once.
        var successor: SuccessorSearch.Successor?
    }

    /// The purpose of the connections; part of their application name and of every log line.
    package let role: String
    /// The number of connections that it keeps.
    package let size: Int
    let configuration: PostgresConfiguration
    let examine: Examination
    let loop: PollLoop
    let logger: Logger
    let state = Mutex(State())

    /// A look at a new connection before any caller gets it; its error is the reason for closing it.
    package typealias Examination = @Sendable (PostgresConnection) async throws(PostgresError) -> Void

    /// Makes a pool; ``run()`` connects it.
    ///
    /// - Parameters:
    ///   - configuration: The address, limits and settings; the role is added to its application name.
    ///   - size: The number of connections to keep.
    ///   - role: Their purpose, for example "intake".
    ///   - loop: The loop they run on.
    ///   - logger: The log of connects and losses.
    ///   - examine: Looks at each new connection before any caller gets it. If it throws, the connection is closed and
    ///     made again later, as if the server could not be reached.
    package init(
        configuration: PostgresConfiguration,
        size: Int,
        role: String,
        loop: PollLoop,
        logger: Logger,
        examine: @escaping Examination = { _ in }
    ) {
        precondition(size > 0, "a pool needs at least one connection")
        var configuration = configuration
        configuration.applicationName += " \(role)"
        var logger = logger
        logger[metadataKey: "role"] = "\(role)"
        self.configuration = configuration
        self.size = size
        self.role = role
        self.examine = examine
        self.loop = loop
        self.logger = logger
    }

    /// Keeps the connections; returns when cancelled, after closing them.
    ///
    /// Callers that still wait for a reply then get it, for up to five seconds.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            for number in 1...size {
                group.addTask { await self.keepConnected(number) }
            }
        }
    }

    /// True if at least one connection is open.
    package var isConnected: Bool { connectionCount > 0 }

    /// The number of open connections.
    package var connectionCount: Int { state.withLock { $0.members.count } }

    /// The reason for the newest failed connect or lost connection; `nil` once one is open.
    package var lastFailure: PostgresError? { state.withLock { $0.lastFailure } }

    /// Sends commands together on the connection with the fewest requests under way.
    ///
    /// - Parameter request: The commands.
    /// - Returns: The answer, once it is committed.
    /// - Throws: ``PostgresError``; nothing was committed where it says so.
    package func perform(_ request: PostgresRequest) async throws(PostgresError) -> PostgresReply {
        guard let (connection, number) = pick() else { throw notConnected() }
        var isAnswered = false
        defer { release(number, hasAnswered: isAnswered) }
        let reply = try await connection.perform(request)
        isAnswered = true
        return reply
    }

    private func pick() -> (PostgresConnection, Int)? {
        state.withLock { state in
            guard let index = state.members.indices.min(by: { state.members[$0].inFlight < state.members[$1].inFlight })
            else { return nil }
            state.members[index].inFlight += 1
            return (state.members[index].connection, state.members[index].number)
        }
    }

    private func release(_ number: Int, hasAnswered: Bool) {
        state.withLock { state in
            guard let index = state.members.firstIndex(where: { $0.number == number }) else { return }
            state.members[index].inFlight -= 1
            state.members[index].hasAnswered = state.members[index].hasAnswered || hasAnswered
        }
    }

    private func notConnected() -> PostgresError {
        let reason = lastFailure
        let message = "no connection for \(role)" + (reason.map { ": \($0.message)" } ?? " yet")
        return PostgresError(.notConnected, message, sqlState: reason?.sqlState, isSafeToRetry: true)
    }
}

extension PostgresPool {
    /// The least life of a connection after whose loss the pauses begin with the shortest again.
    private static let steadyAfter = Duration.seconds(5)

    /// Waits until at least one connection is open.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func waitUntilConnected() async throws(CancellationError) {
        _ = try await anyConnection()
    }

    /// Waits for an open connection.
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
        var backoff = ReconnectBackoff(limit: configuration.longestPause)
        var serial = 0
        while !Task.isCancelled {
            let failure: PostgresError?
            do throws(PostgresError) {
                let (connection, start) = try await connect(logger)
                serial += 1
                let number = serial * size + slot
                failure = await serve(connection, of: start, number: number, logger: logger, backoff: &backoff)
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
    ///
    /// - Returns: The connection, and the time at which its server was started, by which it is known from others.
    private func connect(_ logger: Logger) async throws(PostgresError) -> (PostgresConnection, start: String) {
        var configuration = configuration
        configuration.address = state.withLock { $0.successor.take() }?.address
        let connection = try await PostgresConnection.connect(configuration, on: loop, logger: logger)
        do throws(PostgresError) {
            try await examine(connection)
            return (connection, try await SuccessorSearch.serverStart(connection))
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Offers a connection to callers until it ends.
    ///
    /// - Returns: The reason for its end, `nil` if it was closed because of cancellation.
    private func serve(
        _ connection: PostgresConnection,
        of serverStart: String,
        number: Int,
        logger: Logger,
        backoff: inout ReconnectBackoff
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
        let reason = await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.replaceIfSilent(connection, of: serverStart) }
            defer { group.cancelAll() }
            return await withTaskCancellationHandler {
                await connection.whenClosed()
            } onCancel: {
                // unstructured: bridges a synchronous callback; ends when the connection is closed
                Task { await connection.close() }
            }
        }
        let hasAnswered = state.withLock { state in
            defer { state.members.removeAll { $0.number == number } }
            if let reason { state.lastFailure = reason }
            return state.members.contains { $0.number == number && $0.hasAnswered }
        }
        if start.duration(to: .now) >= Self.steadyAfter {
            backoff.reset()
        } else if hasAnswered {
            // A server that answers and goes away again, in a second restart perhaps, is not waited for as one that is
            // down for long.
            backoff.ease()
        }
        return reason
    }

    /// Gives a connection up that is without an answer for long while another server has taken the place of its own.
    private func replaceIfSilent(_ connection: PostgresConnection, of serverStart: String) async {
        let (silences, silence) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await connection.tellOfSilence { silence.yield() }
        let search = SuccessorSearch(configuration: configuration, loop: loop, logger: logger)
        for await _ in silences {
            guard let successor = await search.successor(ofServerStartedAt: serverStart) else { continue }
            state.withLock { $0.successor = successor }
            let message = "the server does not answer, and another one takes writes in its place"
            await connection.end(PostgresError(.connectionLost, message, isSafeToRetry: false))
        }
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

/// A message to a listener.
package enum ListeningSignal: Hashable, Sendable {
    /// It listens, for the first time or again: notifications before this one may have been missed.
    case listening
    /// A notification came, with its payload.
    case notification(String)
}

extension PostgresPool {
    /// Listens to a channel until cancelled, over every loss of the connection.
    ///
    /// ``run()`` must run meanwhile. It uses one connection of the pool, beside other requests.
    ///
    /// - Parameters:
    ///   - channel: The channel's name.
    ///   - onSignal: Called for each notification, and each time listening begins.
    package func withListening(to channel: String, onSignal: (ListeningSignal) async -> Void) async {
        var backoff = ReconnectBackoff(limit: configuration.longestPause)
        while !Task.isCancelled {
            do {
                let connection = try await anyConnection()
                let notifications = try await connection.listen(channel)
                backoff.reset()
                await onSignal(.listening)
                for await notification in notifications {
                    await onSignal(.notification(notification.payload))
                }
            } catch {
                // Not connected after all, refused or cancelled; the pool logs the state of its connections.
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}

/// The pauses between tries to connect: twice as long each time, up to a limit, and spread so that many processes do
/// not come back at once.
struct ReconnectBackoff {
    private let first = Duration.milliseconds(50)
    private let limit: Duration
    private var tries = 0

    init(limit: Duration) {
        self.limit = limit
    }

    /// The next pause.
    ///
    /// - Parameter fraction: The place between half of the full pause and all of it, from 0 to 1.
    /// - Returns: The pause before the next try.
    mutating func next(fraction: Double = .random(in: 0...1)) -> Duration {
        let full = min(limit, first * (1 << min(tries, 16)))
        tries += 1
        return full / 2 + full / 2 * fraction
    }

    /// Makes the next pause one of 0.4 s at most.
    mutating func ease() {
        tries = min(tries, 3)
    }

    /// Begins again with the shortest pause.
    mutating func reset() {
        tries = 0
    }
}
