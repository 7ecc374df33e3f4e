import CLibPQ
package import Logging

/// A connection to Postgres in pipeline mode, shared by any number of callers.
///
/// The actor runs on its loop's thread, and libpq's connection never leaves it. Requests go out as they come, without
/// waiting for the answers to earlier ones; answers come back in order. A request that fails disturbs no other one.
///
/// It lives until ``close(within:)``, until the server or the network ends it, or until its loop stops.
package actor PostgresConnection: PostgresSession {
    typealias Outcome = Result<PostgresReply, PostgresError>

    /// The loop it runs on.
    package nonisolated let loop: PollLoop
    nonisolated let configuration: PostgresConfiguration
    /// The statements that each transaction begins with, where settings do not last for the session.
    var preamble: [String] = []
    let logger: Logger

    var state: State
    var queue = ReplyQueue<PendingReply, QueryResult>()
    var preparations: [ObjectIdentifier: Preparation] = [:]
    var prepared = 0
    var listeners: [String: [Int: AsyncStream<PostgresNotification>.Continuation]] = [:]
    var lastListener = 0
    var script: ScriptRun?
    var headDeadline: ContinuousClock.Instant?
    /// The time at which the request at the head of the pipeline has been without an answer for long.
    var silenceDeadline: ContinuousClock.Instant?
    var onSilence: (@Sendable () -> Void)?
    var closingDeadline: ContinuousClock.Instant?
    var wantsFlush = false
    var closeWaiters: [CheckedContinuation<PostgresError?, Never>] = []
    let notices = NoticeSink()

    enum State {
        case open(OpaquePointer)
        case closed(PostgresError?)
    }

    /// The progress of preparing a statement.
    enum Preparation {
        case underway([CheckedContinuation<PostgresError?, Never>])
        case ready(String)
    }

    /// Makes the actor run on the loop's thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Connects.
    ///
    /// Name resolution and the handshake happen on a thread of their own; a cancelled caller does not wait for them.
    ///
    /// - Parameters:
    ///   - configuration: The address, limits and settings.
    ///   - loop: The loop to run on.
    ///   - logger: The log of the connection's end, at `debug`.
    /// - Returns: An open connection.
    /// - Throws: ``PostgresError`` of kind `configuration`, `connectFailed` or `cancelled`.
    package static func connect(
        _ configuration: PostgresConfiguration,
        on loop: PollLoop,
        logger: Logger
    ) async throws(PostgresError) -> PostgresConnection {
        let parameters = try ConnectionParameters(configuration)
        let connected = try await Connector.connect(parameters)
        let connection = PostgresConnection(configuration, loop: loop, logger: logger)
        try await connection.open(connected)
        try await connection.setUp()
        return connection
    }

    private init(_ configuration: PostgresConfiguration, loop: PollLoop, logger: Logger) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        state = .closed(nil)
    }

    private func open(_ connected: Connector.Connected) throws(PostgresError) {
        guard let pointer = connected.take() else { return }
        notices.attach(to: pointer)
        guard PQsetnonblocking(pointer, 1) == 0, PQenterPipelineMode(pointer) == 1 else {
            PQfinish(pointer)
            throw PostgresError(.connectFailed, "libpq refused pipeline mode", isSafeToRetry: true)
        }
        state = .open(pointer)
        loop.add(self)
    }

    /// Makes the session's settings, or finds out the statements that each transaction has to begin with.
    private func setUp() async throws(PostgresError) {
        do throws(PostgresError) {
            guard !configuration.settingsLastForSession else {
                _ = try await query(configuration.sessionSettings)
                return
            }
            let wanted = configuration.settings["default_transaction_isolation"]
            let current = try await query("SHOW default_transaction_isolation").first?.first.flatMap(\.self)
            if let wanted, wanted != current {
                // It has to be said before anything takes a snapshot, and costs a warning in the server's log.
                preamble.append("SET TRANSACTION ISOLATION LEVEL \(wanted)")
            }
            preamble.append(configuration.transactionSettings)
        } catch {
            let message = "the session can't be set up: \(error.message)"
            let failure = PostgresError(.connectFailed, message, sqlState: error.sqlState, isSafeToRetry: true)
            end(failure)
            throw failure
        }
    }

    /// The time without an answer after which a connection tells of its silence; it then does so each second.
    static let silence = Duration.seconds(2)

    /// Has the connection tell while a request is without an answer for ``silence``.
    func tellOfSilence(_ onSilence: @escaping @Sendable () -> Void) {
        self.onSilence = onSilence
    }

    /// Begins to wait for the answer to the request that is at the head of the pipeline now.
    func beginWait() {
        headDeadline = .now + configuration.replyTimeout
        silenceDeadline = .now + Self.silence
    }

    /// The process id of the server's backend, 0 when closed.
    package var backendProcessID: Int32 {
        guard case .open(let pointer) = state else { return 0 }
        return PQbackendPID(pointer)
    }

    /// A parameter that the server reports, such as `server_encoding`, or `nil` where it reports none of that name.
    package func reported(_ parameter: String) -> String? {
        guard case .open(let pointer) = state else { return nil }
        return PQparameterStatus(pointer, parameter).map { String(cString: $0) }
    }

    /// The server's version, such as 150004 for 15.4; 0 when closed.
    package var serverVersion: Int {
        guard case .open(let pointer) = state else { return 0 }
        return Int(PQserverVersion(pointer))
    }

    /// True if requests can be sent.
    package var isOpen: Bool {
        guard case .open = state else { return false }
        return closingDeadline == nil
    }

    /// The number of requests that wait for their answer.
    package var requestsInFlight: Int { queue.count }

    /// Waits for the connection to end.
    ///
    /// - Returns: The reason, or `nil` if ``close(within:)`` ended it.
    package func whenClosed() async -> PostgresError? {
        if case .closed(let reason) = state { return reason }
        return await withCheckedContinuation { closeWaiters.append($0) }
    }

    /// Closes the connection once its callers have their answers, and takes no more requests.
    ///
    /// - Parameter limit: The longest wait of callers; then they fail with an unknown outcome.
    package func close(within limit: Duration = .seconds(5)) async {
        guard case .open = state else { return }
        closingDeadline = min(closingDeadline ?? .now + limit, .now + limit)
        if queue.isEmpty, script == nil {
            end(nil)
        } else {
            _ = await whenClosed()
        }
    }

    /// libpq's connection, for a new request.
    func openPointer() throws(PostgresError) -> OpaquePointer {
        guard case .open(let pointer) = state, closingDeadline == nil else {
            throw PostgresError(.notConnected, "the connection is closed", isSafeToRetry: true)
        }
        guard script == nil else {
            throw PostgresError(.notConnected, "the connection is busy with a script", isSafeToRetry: true)
        }
        return pointer
    }

    /// Ends the connection: closes the socket, and fails every caller.
    ///
    /// - Parameter reason: The reason, or `nil` if it was asked for.
    func end(_ reason: PostgresError?) {
        guard case .open(let pointer) = state else { return }
        state = .closed(reason)
        loop.remove(self)
        PQfinish(pointer)
        if let reason {
            logger.debug("postgres connection ended", metadata: ["error": "\(reason)"])
        }
        var failure = reason ?? PostgresError(.connectionLost, "the connection was closed", isSafeToRetry: false)
        failure.isSafeToRetry = false
        for waiter in queue.drain() { waiter.fail(failure) }
        script?.waiter.resume(returning: failure)
        script = nil
        for case .underway(let waiters) in preparations.values {
            for waiter in waiters { waiter.resume(returning: Self.neverSent(failure)) }
        }
        preparations = [:]
        for streams in listeners.values {
            for stream in streams.values { stream.finish() }
        }
        listeners = [:]
        for waiter in closeWaiters { waiter.resume(returning: reason) }
        closeWaiters = []
    }

    /// Makes the error of a request of which nothing was sent.
    static func neverSent(_ reason: PostgresError) -> PostgresError {
        PostgresError(.notConnected, reason.message, sqlState: reason.sqlState, isSafeToRetry: true)
    }
}
