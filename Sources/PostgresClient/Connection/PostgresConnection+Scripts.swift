import CLibPQ

/// A script that runs.
struct ScriptRun {
    let waiter: CheckedContinuation<PostgresError?, Never>
    var failure: PostgresError?
    /// True while the transaction that the script left open is rolled back.
    var rollsBack = false
}

extension PostgresConnection {
    /// Runs a text of several statements, such as a migration, in the simple protocol.
    ///
    /// Without `BEGIN` in it the whole text is one transaction. The caller must hold the connection alone. A
    /// transaction that the text leaves open is rolled back, and that is an error.
    ///
    /// - Parameter script: The text.
    /// - Throws: ``PostgresError``. Never safe to retry, as the text may contain `COMMIT`.
    package func run(script: String) async throws(PostgresError) {
        let pointer = try openPointer()
        guard queue.isEmpty, PQexitPipelineMode(pointer) == 1 else {
            throw PostgresError(.notConnected, "the connection is in use, a script needs it alone", isSafeToRetry: true)
        }
        guard PQsendQuery(pointer, script) == 1 else {
            let reason = lossReason(pointer, "libpq could not send")
            end(reason)
            throw reason
        }
        wantsFlush = true
        beginWait()
        let failure = await withCheckedContinuation { continuation in
            self.script = ScriptRun(waiter: continuation)
        }
        if let failure { throw failure }
    }

    /// Reads results until the script has ended, then goes back to pipeline mode.
    func readScript(_ pointer: OpaquePointer) {
        while PQisBusy(pointer) == 0 {
            guard let next = PQgetResult(pointer) else { return endScript(pointer) }
            let result = QueryResult(owning: next)
            switch result.status {
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                return end(PostgresError(.connectionLost, "COPY cannot be used here", isSafeToRetry: false))
            case PGRES_FATAL_ERROR:
                guard result.field(postroom_field_sqlstate) != nil else {
                    return end(lossReason(pointer, "the connection was lost"))
                }
                let read = ServerError(result, statement: nil, rollsBack: false)
                if read.endsSession { return end(read.error) }
                if script?.failure == nil {
                    script?.failure = read.error
                }
            default: break
            }
        }
    }

    private func endScript(_ pointer: OpaquePointer) {
        if PQtransactionStatus(pointer) != PQTRANS_IDLE, script?.rollsBack == false {
            let message = "the script left a transaction open; it was rolled back"
            if script?.failure == nil {
                script?.failure = PostgresError(.server, message, isSafeToRetry: false)
            }
            script?.rollsBack = true
            wantsFlush = true
            if PQsendQuery(pointer, "ROLLBACK") == 1 { return }
        }
        guard PQstatus(pointer) == CONNECTION_OK, PQenterPipelineMode(pointer) == 1 else {
            return end(lossReason(pointer, "libpq refused pipeline mode"))
        }
        let ended = script
        script = nil
        ended?.waiter.resume(returning: ended?.failure)
    }
}
