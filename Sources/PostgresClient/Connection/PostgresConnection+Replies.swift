import CLibPQ
import Glibc

extension PostgresConnection: PollSource {
    nonisolated func pollInterest() -> PollInterest {
        assumeIsolated { connection in
            guard case .open(let pointer) = connection.state else {
                return PollInterest(descriptor: -1, events: 0, deadline: nil)
            }
            if connection.wantsFlush { connection.flush(pointer) }
            let events = connection.wantsFlush ? POLLIN | POLLOUT : POLLIN
            let head = connection.queue.isEmpty && connection.script == nil ? nil : connection.headDeadline
            let deadline = [head, connection.closingDeadline].compactMap(\.self).min()
            return PollInterest(descriptor: PQsocket(pointer), events: Int16(events), deadline: deadline)
        }
    }

    nonisolated func polled(_ events: Int16, now: ContinuousClock.Instant) {
        assumeIsolated { connection in
            if events != 0 { connection.read() }
            connection.checkDeadlines(now)
        }
    }

    nonisolated func loopStops() {
        assumeIsolated { connection in
            connection.end(PostgresError(.connectionLost, "the poll loop stops", isSafeToRetry: false))
        }
    }

    /// Sends what libpq holds back; what the socket does not take now goes out when it is ready.
    private func flush(_ pointer: OpaquePointer) {
        // A failure shows when the socket is read, together with the server's farewell.
        wantsFlush = PQflush(pointer) == 1
    }

    private func read() {
        guard case .open(let pointer) = state else { return }
        let isAlive = PQconsumeInput(pointer) == 1
        if script != nil { readScript(pointer) } else { readPipeline(pointer) }
        guard case .open(pointer) = state else { return }
        deliverNotifications(pointer)
        if !isAlive || PQstatus(pointer) == CONNECTION_BAD {
            end(lossReason(pointer, "the connection was lost"))
        } else if closingDeadline != nil, queue.isEmpty, script == nil {
            end(nil)
        }
    }

    private func readPipeline(_ pointer: OpaquePointer) {
        var nulls = 0
        _ = PQisBusy(pointer)  // also reads notifications and notices when nobody waits
        while !queue.isEmpty, PQisBusy(pointer) == 0 {
            guard let next = PQgetResult(pointer) else {
                nulls += 1
                if nulls > 2 { return giveUpIfBad(pointer) }
                continue
            }
            nulls = 0
            receive(QueryResult(owning: next), pointer)
            guard case .open = state else { return }
        }
    }

    /// Two empty results in a row end nothing: either the connection is lost, or libpq and we count differently.
    private func giveUpIfBad(_ pointer: OpaquePointer) {
        let what = PQstatus(pointer) == CONNECTION_BAD ? "the connection was lost" : "an answer is missing"
        end(lossReason(pointer, what))
    }

    private func receive(_ result: QueryResult, _ pointer: OpaquePointer) {
        let event: ReplyQueue<PendingReply, QueryResult>.Event
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            event = .reply(result)
        case PGRES_PIPELINE_SYNC:
            event = .synced
        case PGRES_PIPELINE_ABORTED:
            event = .skipped
        case PGRES_FATAL_ERROR:
            // libpq reports its own loss of the connection this way too, without a code.
            guard result.field(postroom_field_sqlstate) != nil else {
                return end(lossReason(pointer, "the connection was lost"))
            }
            let names = queue.headWaiter?.commands ?? []
            let read = ServerError(result, statement: nil, rollsBack: !names.contains(nil))
            if read.endsSession { return end(read.error) }
            event = .refusal { index in
                var error = read.error
                error.statement = names.indices.contains(index) ? names[index] : nil
                return error
            }
        default:
            return end(PostgresError(.connectionLost, "COPY cannot be used here", isSafeToRetry: false))
        }
        switch queue.received(event) {
        case .wait: break
        case .answer(let waiter, let answer):
            if !queue.isEmpty { headDeadline = .now + configuration.replyTimeout }
            waiter.answer(answer)
        case .giveUp:
            end(PostgresError(.connectionLost, "the server answered what was not asked", isSafeToRetry: false))
        }
    }

    private func checkDeadlines(_ now: ContinuousClock.Instant) {
        guard case .open = state else { return }
        if !queue.isEmpty || script != nil, let headDeadline, headDeadline <= now {
            let message = "no reply within \(configuration.replyTimeout)"
            end(PostgresError(.replyTimeout, message, isSafeToRetry: false))
        } else if let closingDeadline, closingDeadline <= now {
            end(PostgresError(.connectionLost, "closed before all replies came", isSafeToRetry: false))
        }
    }

    /// Why the connection ended: the server's farewell if it sent one, else what libpq says.
    func lossReason(_ pointer: OpaquePointer, _ what: String) -> PostgresError {
        if let farewell = notices.farewell { return farewell }
        let text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        let tidy = ConnectFailure.tidy(text, hiding: [])
        return PostgresError(.connectionLost, tidy.isEmpty ? what : "\(what): \(tidy)", isSafeToRetry: false)
    }
}
