import PostroomAdmin
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
        var complaint: String?
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
        if let complaint = state.complaint {
            return .failing(reason: complaint)
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
                state.complaint = InboxReadiness.complaint(of: schema)
                state.lookedAt = now
                state.failure = nil
            case .failure(let error):
                state.failure = "\(error)"
            }
        }
    }
}
