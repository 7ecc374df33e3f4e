import PostroomCLI
import UnixSignals

/// The end of a long verb by SIGINT or SIGTERM.
enum Interruption {
    /// Runs a body until it ends, or a signal cancels it.
    ///
    /// A body that is cancelled is waited for, because it ends what it started.
    ///
    /// - Throws: ``CommandFailure`` after a signal; else what the body throws.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals {
                    return nil
                }
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil {
                return value
            }
            group.cancelAll()
            _ = try? await group.next()
            throw CommandFailure(.failed, "ended by a signal, with everything that was started")
        }
    }
}
