public import Logging
import Synchronization

/// A fixed number of connections for one role, each of which is made again for ever when it is lost.
///
/// Every connection is pipelined, so a few serve many callers. While none is connected, requests fail at once with an
/// error that is transient and safe to retry.
public final class PostgresPool: PostgresSession {
    struct Member {
        let connection: PostgresConnection
        let number: Int
        var inFlight = 0
        /// Whether it has answered a request.
        var wasOfUse = false
    }

    struct State {
        var members: [Member] = []
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter = 0
        var lastFailure: PostgresError?
    }

    /// What the connections are for; part of their application name and of every log line.
    public let role: String
    /// How many connections it keeps.
    public let size: Int
    let configuration: PostgresConfiguration
    let examine: Examination
    let loop: PollLoop
    let logger: Logger
    let state = Mutex(State())

    /// Looks at a new connection before anybody gets it; what it throws is why nobody does.
    public typealias Examination = @Sendable (PostgresConnection) async throws(PostgresError) -> Void

    /// Makes a pool; ``run()`` connects it.
    ///
    /// - Parameters:
    ///   - configuration: How to connect; the role is added to its application name.
    ///   - size: How many connections to keep.
    ///   - role: What they are for, for example "intake".
    ///   - loop: The loop they run on.
    ///   - logger: Where connects and losses are logged.
    ///   - examine: Looks at each new connection before anybody gets it. Where it throws, the connection is closed and
    ///     made again later, as where the server can't be reached.
    public init(
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
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for number in 1...size {
                group.addTask { await self.keepConnected(number) }
            }
        }
    }

    /// Whether at least one connection is open.
    public var isConnected: Bool { connectionCount > 0 }

    /// How many connections are open.
    public var connectionCount: Int { state.withLock { $0.members.count } }

    /// Why the newest try to connect failed, or the newest connection was lost; `nil` once one is open.
    public var lastFailure: PostgresError? { state.withLock { $0.lastFailure } }

    /// Sends commands together on the connection with the fewest requests under way.
    ///
    /// - Parameter request: The commands.
    /// - Returns: The answer, once it is committed.
    /// - Throws: ``PostgresError``; nothing was committed where it says so.
    public func perform(_ request: PostgresRequest) async throws(PostgresError) -> PostgresReply {
        guard let (connection, number) = pick() else { throw notConnected() }
        var isAnswered = false
        defer { release(number, wasOfUse: isAnswered) }
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

    private func release(_ number: Int, wasOfUse: Bool) {
        state.withLock { state in
            guard let index = state.members.firstIndex(where: { $0.number == number }) else { return }
            state.members[index].inFlight -= 1
            state.members[index].wasOfUse = state.members[index].wasOfUse || wasOfUse
        }
    }

    private func notConnected() -> PostgresError {
        let reason = lastFailure
        let message = "no connection for \(role)" + (reason.map { ": \($0.message)" } ?? " yet")
        return PostgresError(.notConnected, message, sqlState: reason?.sqlState, isSafeToRetry: true)
    }
}
