/// A caller that waits for the answer to its request.
struct PendingReply: Sendable {
    /// The names of the request's statements, `nil` for ad-hoc texts.
    let commands: [String?]
    let continuation: CheckedContinuation<PostgresConnection.Answer, Never>

    func answer(_ result: Result<[QueryResult], PostgresError>) {
        continuation.resume(returning: result.map { PostgresReply(results: $0) })
    }

    func fail(_ reason: PostgresError) {
        var error = reason
        if commands.count == 1 { error.statement = commands[0] }
        continuation.resume(returning: .failure(error))
    }
}
