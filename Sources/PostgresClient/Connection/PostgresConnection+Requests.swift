import CLibPQ

extension PostgresConnection {
    /// Sends commands together, as one transaction, and waits for the answer.
    ///
    /// - Parameter request: The commands.
    /// - Returns: The answer, once it is committed.
    /// - Throws: ``PostgresError``; nothing was committed where it says so.
    package func perform(_ request: PostgresRequest) async throws(PostgresError) -> PostgresReply {
        guard !request.commands.isEmpty else { return PostgresReply(results: []) }
        if configuration.usesPreparedStatements {
            // Others may forget a preparation during the wait for another one.
            while let missing = firstUnprepared(in: request) { try await prepare(missing) }
        }
        let pointer = try openPointer()
        let preamble = preamble.map { PostgresRequest.Command.text($0, []) }
        let commands = preamble + request.commands
        for command in commands {
            guard send(command, on: pointer) else { throw sendingFailed(command.name) }
        }
        guard PQpipelineSync(pointer) == 1 else { throw sendingFailed(request.commands[0].name) }
        let answer = await withCheckedContinuation { continuation in
            wait(for: commands.map(\.name), continuation)
        }
        let whole = try checkStaleness(answer, of: request)
        let reply = preamble.isEmpty ? whole : PostgresReply(results: Array(whole.results.dropFirst(preamble.count)))
        if !configuration.usesPreparedStatements { try checkColumns(of: reply, for: request) }
        return reply
    }

    private func firstUnprepared(in request: PostgresRequest) -> StatementDescription? {
        for case .statement(let description, _) in request.commands {
            guard case .ready = preparations[description.key] else { return description }
        }
        return nil
    }

    /// Puts a caller at the end of the queue, after its commands and sync were handed to libpq.
    func wait(for commands: [String?], _ continuation: CheckedContinuation<Outcome, Never>) {
        if queue.isEmpty { beginWait() }
        queue.sent(commands: commands.count, waiter: PendingReply(commands: commands, continuation: continuation))
        wantsFlush = true
    }

    private func send(_ command: PostgresRequest.Command, on pointer: OpaquePointer) -> Bool {
        switch command {
        case .text(let sql, let parameters):
            return Self.send(sql, parameters, on: pointer)
        case .statement(let description, let parameters):
            if case .ready(let name) = preparations[description.key] {
                return parameters.withPointers { count, _, values, lengths, formats in
                    PQsendQueryPrepared(pointer, name, count, values, lengths, formats, 1) == 1
                }
            }
            let sql = configuration.rewriteSQL(description.sql)
            return parameters.withPointers { count, types, values, lengths, formats in
                PQsendQueryParams(pointer, sql, count, types, values, lengths, formats, 1) == 1
            }
        }
    }

    /// Sends an ad-hoc text with its parameters as text.
    private static func send(_ sql: String, _ parameters: [String?], on pointer: OpaquePointer) -> Bool {
        var bytes: [CChar] = []
        let offsets = parameters.map { value -> Int? in
            guard let value else { return nil }
            defer { bytes.append(contentsOf: value.utf8CString) }
            return bytes.count
        }
        return bytes.withUnsafeBufferPointer { bytes in
            let values = offsets.map { offset in offset.flatMap { place in bytes.baseAddress.map { $0 + place } } }
            return PQsendQueryParams(pointer, sql, Int32(clamping: values.count), nil, values, nil, nil, 0) == 1
        }
    }

    /// Gives up the connection, as libpq took only part of a request; without its sync the server commits nothing.
    private func sendingFailed(_ statement: String?) -> PostgresError {
        guard case .open(let pointer) = state else {
            return PostgresError(.notConnected, "the connection is closed", statement: statement, isSafeToRetry: true)
        }
        let reason = lossReason(pointer, "libpq could not send")
        end(reason)
        var error = Self.neverSent(reason)
        error.statement = statement
        return error
    }

    private func checkColumns(of reply: PostgresReply, for request: PostgresRequest) throws(PostgresError) {
        for (command, result) in zip(request.commands, reply.results) {
            guard case .statement(let description, _) = command else { continue }
            if var error = result.mismatch(with: description) {
                error.isSafeToRetry = false
                throw error
            }
        }
    }
}

extension ParameterWriter {
    /// Lends the parameters to libpq.
    ///
    /// - Parameter body: Takes count, types, values, lengths and formats.
    /// - Returns: The result of `body`.
    func withPointers<R>(
        _ body: (
            Int32, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        let count = slots.count
        return bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: count * 2) { numbers in
                    withUnsafeTemporaryAllocation(of: Oid.self, capacity: count) { oids in
                        for (index, slot) in slots.enumerated() {
                            let start = bytes.baseAddress.map { $0 + slot.offset } ?? Self.somewhere
                            values[index] = slot.count < 0 ? nil : start.assumingMemoryBound(to: CChar.self)
                            numbers[index] = max(slot.count, 0)
                            numbers[count + index] = 1
                            oids[index] = slot.type.rawValue
                        }
                        let lengths = numbers.baseAddress.map { UnsafePointer($0) }
                        return body(
                            Int32(count),
                            UnsafePointer(oids.baseAddress),
                            values.baseAddress.map { UnsafePointer($0) },
                            lengths,
                            lengths.map { $0 + count }
                        )
                    }
                }
            }
        }
    }

    /// A non-null address for a value without bytes: libpq takes a null pointer for NULL.
    private static var somewhere: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped }
}

extension PostgresConnection {
    /// Prepares a statement and checks its columns, before it is executed for the first time.
    ///
    /// Callers that come meanwhile wait for the same answer. The next caller tries again after a failure.
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
        let answer: Outcome = await withCheckedContinuation { continuation in
            wait(for: [statement.name, statement.name], continuation)
        }
        switch answer {
        case .failure(var error):
            // Preparing commits nothing, even where the answer is missing.
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
    func checkStaleness(_ answer: Outcome, of request: PostgresRequest) throws(PostgresError) -> PostgresReply {
        if case .failure(let error) = answer, error.isStalePlan {
            for case .statement(let description, _) in request.commands {
                guard case .ready = preparations[description.key] else { continue }
                preparations[description.key] = nil
            }
        }
        return try answer.get()
    }
}
