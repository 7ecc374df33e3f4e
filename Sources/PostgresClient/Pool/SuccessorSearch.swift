import Logging

/// The search for the server that has taken the place of one which does not answer.
///
/// A primary that was frozen, or whose host vanished without a reset, leaves its connections open, and an answer is waited
/// for until its time-out; meanwhile a standby may have been promoted, or an address have moved. So every server that the
/// connection string names is asked whether it takes writes, and when it was started: that tells it from the silent one. A
/// server that is only busy answers, too, and is left in peace.
struct SuccessorSearch: Sendable {
    /// A server that takes writes.
    struct Successor: Sendable {
        /// Its place in the connection string; `nil` where that names only one.
        let address: ServerAddress?
    }

    let configuration: PostgresConfiguration
    let loop: PollLoop
    let logger: Logger

    /// The longest time for the servers to answer.
    private static let limit = Duration.seconds(2)
    /// The time that the silent server itself has to answer once another one has.
    private static let grace = Duration.seconds(1)

    private enum Answer: Sendable {
        case same
        case other(Successor)
        case none
        case timeIsUp
    }

    /// Asks every server.
    ///
    /// - Parameter start: The time at which the silent server was started, as it told.
    /// - Returns: Another server that takes writes; `nil` where there is none, or the silent one answers after all.
    func successor(ofServerStartedAt start: String) async -> Successor? {
        let named = (try? ConnectionParameters.addresses(in: configuration.connectionString)) ?? []
        let addresses: [ServerAddress?] = named.isEmpty ? [nil] : named
        return await withTaskGroup(of: Answer.self) { group in
            for address in addresses {
                group.addTask { await ask(address, start) }
            }
            group.addTask { await end(of: Self.limit) }
            defer { group.cancelAll() }
            var found: Successor?
            for await answer in group {
                switch answer {
                case .same: return nil
                case .timeIsUp: return found
                case .none: break
                case .other(let successor):
                    guard found == nil else { break }
                    found = successor
                    group.addTask { await end(of: Self.grace) }
                }
            }
            return found
        }
    }

    private func end(of time: Duration) async -> Answer {
        try? await Task.sleep(for: time)
        return .timeIsUp
    }

    private func ask(_ address: ServerAddress?, _ start: String) async -> Answer {
        var configuration = configuration
        configuration.address = address
        configuration.connectTimeout = Self.limit
        configuration.replyTimeout = Self.limit
        guard let connection = try? await PostgresConnection.connect(configuration, on: loop, logger: logger) else {
            return .none
        }
        let isReplica = try? await connection.query("SELECT pg_is_in_recovery()")
        let found = try? await Self.serverStart(connection)
        await connection.close(within: .zero)
        guard isReplica == [["f"]], let found else { return .none }
        return found == start ? .same : .other(Successor(address: address))
    }

    /// The time at which a connection's server was started.
    static func serverStart(_ connection: PostgresConnection) async throws(PostgresError) -> String {
        let start = "SELECT extract(epoch FROM pg_postmaster_start_time())"
        return try await connection.query(start).first?.first.flatMap(\.self) ?? ""
    }
}
