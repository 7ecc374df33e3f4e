import PostroomAdmin
import PostroomCore
import PostroomInbox
import ServiceLifecycle
import Synchronization

/// Looks at the schema again and again, so that readiness can tell its state without asking the database.
///
/// A look that is late or fails changes nothing at first: what keeps it from the database also costs the connections,
/// which readiness knows of by itself. After a minute without a look that succeeded, the last one is worth nothing.
final class SchemaWatch: Service {
    /// The pause after a look at a schema that fits.
    static let interval = Duration.seconds(5)
    /// The pause after any other look.
    static let shortInterval = Duration.seconds(1)
    /// The age at which what was found counts no more.
    static let limit = Duration.seconds(60)

    private struct State {
        var problem: String?
        var lookedAt: ContinuousClock.Instant?
        var failure: String?
    }

    private let state = Mutex(State())
    private let look: @Sendable () async throws -> SchemaState

    /// Prepares the watch.
    ///
    /// - Parameter look: Waits for the database and reads the state of its schema.
    init(look: @escaping @Sendable () async throws -> SchemaState) {
        self.look = look
    }

    /// The newest finding about the schema, without asking the database.
    func health(at now: ContinuousClock.Instant = .now) -> HealthState {
        let state = state.withLock(\.self)
        guard let lookedAt = state.lookedAt else {
            return .failing(reason: state.failure ?? "the schema has not been looked at yet")
        }
        if let problem = state.problem {
            return .failing(reason: problem)
        }
        let age = now - lookedAt
        guard age < Self.limit else {
            let reason = state.failure.map { ": \($0)" } ?? ""
            return .failing(reason: "the schema was last looked at \(age.components.seconds) s ago\(reason)")
        }
        return .healthy
    }

    /// Looks until it is cancelled or its service group shuts down gracefully.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.lookOnce()
                try? await Task.sleep(for: self.health() == .healthy ? Self.interval : Self.shortInterval)
            }
        }
    }

    private func lookOnce() async {
        do {
            note(.success(try await look()), at: .now)
        } catch {
            note(.failure(error), at: .now)
        }
    }

    /// Takes note of what a look found.
    func note(_ found: Result<SchemaState, any Error>, at now: ContinuousClock.Instant) {
        state.withLock { state in
            switch found {
            case .success(let schema):
                state.problem = InboxReadiness.problem(with: schema)
                state.lookedAt = now
                state.failure = nil
            case .failure(let error):
                state.failure = "\(error)"
            }
        }
    }
}

/// The readiness of the inbox, and the advice where it can't be used.
enum InboxReadiness {
    /// Names the problem with a schema in that state, and the advice; `nil` where it fits.
    static func problem(with state: SchemaState) -> String? {
        let name = ProgramContext.current.name
        switch state {
        case .current, .compatible:
            return nil
        case .missing:
            return "the database has no schema yet: run '\(name) migrate'"
        case .outdated(let version):
            return """
                the schema has version \(version), and this program needs \(SchemaState.requiredVersion): \
                run '\(name) migrate'
                """
        case .newer(let version):
            return """
                the schema has version \(version), which doesn't work with this program any more, which knows \
                \(SchemaState.requiredVersion): use the newer program
                """
        case .foreign(let version, let name):
            return """
                the schema was made by other migrations: its number \(version) is "\(name)", which this program does not \
                have; use an empty database, or another schema (database.schema)
                """
        }
    }

    /// Waits for the database for a bounded time, and checks its schema.
    ///
    /// - Throws: ``CommandFailure`` where it is not reached in time, or does not fit.
    static func check(_ inbox: Inbox, within limit: Duration) async throws {
        let state = try await withTimeLimit(limit) { try await inbox.checkSchema() }
        guard let state else {
            let reason = inbox.administrationFailure ?? "no answer"
            let setting = inbox.number.map { "urls[\($0)]" } ?? "url"
            throw CommandFailure(
                .tryAgain,
                "the database of database.\(setting) was not reached within \(limit): \(reason); 'doctor' looks further"
            )
        }
        if let problem = Self.problem(with: state) {
            throw CommandFailure(.failed, problem)
        }
    }
}
