import CLibPQ

extension PostgresConnection {
    /// Prepares a statement and checks its columns, before it is executed for the first time.
    ///
    /// Callers that come meanwhile wait for the same answer. What failed is tried again by the next caller.
    func prepare(_ statement: StatementDescription) async throws(PostgresError) {
        switch preparations[statement.key] {
        case .ready:
            return
        case .underway(var waiters):
            let failure = await withCheckedContinuation { continuation in
                waiters.append(continuation)
                preparations[statement.key] = .underway(waiters)
            }
            if let failure { throw failure }
        case nil:
            let pointer = try openPointer()
            preparations[statement.key] = .underway([])
            prepared += 1
            let outcome = await sendPreparation(of: statement, as: "\(statement.name)_\(prepared)", on: pointer)
            finish(statement, outcome)
            _ = try outcome.get()
        }
    }

    private func sendPreparation(
        of statement: StatementDescription,
        as name: String,
        on pointer: OpaquePointer
    ) async -> Result<String, PostgresError> {
        let sql = configuration.rewriteSQL(statement.sql)
        let types = statement.parameterTypes.map(\.rawValue)
        let isSent =
            PQsendPrepare(pointer, name, sql, Int32(types.count), types) == 1
            && PQsendDescribePrepared(pointer, name) == 1
            && PQpipelineSync(pointer) == 1
        guard isSent else {
            let reason = lossReason(pointer, "libpq could not send")
            end(reason)
            return .failure(Self.neverSent(reason))
        }
        let answer: Answer = await withCheckedContinuation { continuation in
            wait(for: [statement.name, statement.name], continuation)
        }
        switch answer {
        case .failure(var error):
            // Preparing commits nothing, whatever became of it.
            if error.connectionLost { error = Self.neverSent(error) }
            error.isSafeToRetry = true
            error.statement = statement.name
            return .failure(error)
        case .success(let reply):
            if let mismatch = reply.results[1].mismatch(with: statement) { return .failure(mismatch) }
            return .success(name)
        }
    }

    private func finish(_ statement: StatementDescription, _ outcome: Result<String, PostgresError>) {
        guard case .underway(let waiters) = preparations[statement.key] else { return }
        switch outcome {
        case .success(let name):
            preparations[statement.key] = .ready(name)
            for waiter in waiters { waiter.resume(returning: nil) }
        case .failure(let error):
            preparations[statement.key] = nil
            for waiter in waiters { waiter.resume(returning: error) }
        }
    }

    /// Forgets the preparations of a request whose plan no longer fits the tables, so that the next try prepares anew.
    func checkStaleness(_ answer: Answer, of request: PostgresRequest) throws(PostgresError) -> PostgresReply {
        if case .failure(let error) = answer, error.isStalePlan {
            for case .statement(let description, _) in request.commands {
                guard case .ready = preparations[description.key] else { continue }
                preparations[description.key] = nil
            }
        }
        return try answer.get()
    }
}
