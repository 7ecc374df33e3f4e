import CLibPQ

extension PostgresConnection: PollSource {
    nonisolated func pollInterest() -> PollInterest {
        assumeIsolated { connection in
            guard case .open(let pointer) = connection.state else {
                return PollInterest(descriptor: -1, events: [], deadline: nil)
            }
            if connection.wantsFlush { connection.flush(pointer) }
            let events: PollEvents = connection.wantsFlush ? [.readable, .writable] : .readable
            let waits = !connection.queue.isEmpty || connection.script != nil
            let silence = connection.onSilence == nil ? nil : connection.silenceDeadline
            let deadlines = (waits ? [connection.headDeadline, silence] : []) + [connection.closingDeadline]
            let deadline = deadlines.compactMap(\.self).min()
            return PollInterest(descriptor: PQsocket(pointer), events: events, deadline: deadline)
        }
    }

    nonisolated func polled(_ events: PollEvents, now: ContinuousClock.Instant) {
        assumeIsolated { connection in
            if !events.isEmpty { connection.read() }
            connection.checkDeadlines(now)
        }
    }

    nonisolated func loopStops() {
        assumeIsolated { connection in
            connection.end(PostgresError(.connectionLost, "the poll loop stops", isSafeToRetry: false))
        }
    }

    /// Sends the bytes that libpq holds back; those that the socket does not take now go out when it is ready.
    private func flush(_ pointer: OpaquePointer) {
        // A failure shows when the socket is read, together with the server's last notice.
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
            if !queue.isEmpty { beginWait() }
            waiter.answer(answer)
        case .giveUp:
            end(PostgresError(.connectionLost, "the server answered what was not asked", isSafeToRetry: false))
        }
    }

    private func checkDeadlines(_ now: ContinuousClock.Instant) {
        guard case .open = state else { return }
        let waits = !queue.isEmpty || script != nil
        if waits, let silenceDeadline, silenceDeadline <= now, let onSilence {
            self.silenceDeadline = now + .seconds(1)
            onSilence()
        }
        if waits, let headDeadline, headDeadline <= now {
            let message = "no reply within \(configuration.replyTimeout)"
            end(PostgresError(.replyTimeout, message, isSafeToRetry: false))
        } else if let closingDeadline, closingDeadline <= now {
            end(PostgresError(.connectionLost, "closed before all replies came", isSafeToRetry: false))
        }
    }

    /// Makes the reason for the connection's end: the server's last notice if it sent one, else libpq's error.
    func lossReason(_ pointer: OpaquePointer, _ what: String) -> PostgresError {
        if let notice = notices.fatalNotice { return notice }
        let text = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        let line = ConnectFailure.singleLine(text, hiding: [])
        return PostgresError(.connectionLost, line.isEmpty ? what : "\(what): \(line)", isSafeToRetry: false)
    }
}

/// A caller that waits for the answer to its request.
struct PendingReply: Sendable {
    /// The names of the request's statements, `nil` for ad-hoc texts.
    let commands: [String?]
    let continuation: CheckedContinuation<PostgresConnection.Outcome, Never>

    func answer(_ result: Result<[QueryResult], PostgresError>) {
        continuation.resume(returning: result.map { PostgresReply(results: $0) })
    }

    func fail(_ reason: PostgresError) {
        var error = reason
        if commands.count == 1 { error.statement = commands[0] }
        continuation.resume(returning: .failure(error))
    }
}

/// The receiver of a connection's notices, which keeps the one that announces the connection's end.
///
/// libpq hands an error that answers no request over as a notice.
final class NoticeSink {
    /// The notice that announced the end of the session.
    private(set) var fatalNotice: PostgresError?

    /// Becomes the receiver of a connection's notices; must outlive it.
    func attach(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { sink, notice in
                guard let sink, let notice else { return }
                Unmanaged<NoticeSink>.fromOpaque(sink).takeUnretainedValue().receive(notice)
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    private func receive(_ notice: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(notice, code).map { String(cString: $0) }
        }
        // A crash of another backend is announced as a warning (57P02), everything else as fatal.
        let state = field(postroom_field_sqlstate).map { SQLState($0) }
        let severity = field(postroom_field_severity)
        guard severity == "FATAL" || severity == "PANIC" || state == .crashShutdown else { return }
        fatalNotice = PostgresError(
            .connectionLost,
            field(postroom_field_message) ?? "the server ended the session",
            sqlState: state,
            isSafeToRetry: false
        )
    }
}
