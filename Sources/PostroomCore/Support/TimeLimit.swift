/// Runs work, and cancels it where it takes too long.
///
/// Work that ignores its cancellation is waited for all the same.
///
/// - Parameters:
///   - limit: The time that the work has.
///   - sleep: The sleep that measures it; the system's monotonic clock unless it is given.
///   - work: The work.
/// - Returns: The result of the work; `nil` where the limit came first, or the calling task was cancelled.
/// - Throws: The work's error, where it came before the limit.
package func withTimeLimit<Value: Sendable, Failure: Error>(
    _ limit: Duration,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    _ work: @escaping @Sendable () async throws(Failure) -> Value
) async throws(Failure) -> Value? {
    let first = await withTaskGroup(of: Result<Value, Failure>?.self) { group in
        group.addTask {
            do throws(Failure) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        group.addTask {
            try? await sleep(limit)
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        return first
    }
    return try first?.get()
}
