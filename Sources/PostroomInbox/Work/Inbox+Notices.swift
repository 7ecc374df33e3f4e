import PostgresClient
package import PostroomCore

extension Inbox: DeadLetterNotices {
    /// Takes a notice, with its group as it is now.
    package func claimNotice(
        of handlers: [HandlerName],
        for worker: WorkerID
    ) async throws(QueueError) -> DeadLetterNotice? {
        let claim = NoticeClaim(worker: worker, handlers: handlers, mostTries: Int32(DeadLetterNotice.mostTries))
        while true {
            let rows = try await inQueueTerms { () async throws(PostgresError) in try await lease.execute(claim) }
            guard let row = rows.first else { return nil }
            if let notice = try await notice(row) {
                return notice
            }
            // Its letters were replayed or discarded meanwhile.
            try await end(
                NoticeEnd(
                    worker: worker,
                    handler: row.handler,
                    fingerprint: row.fingerprint,
                    hour: row.hour,
                    isTold: true
                )
            )
        }
    }

    private func notice(_ row: NoticeClaim.Row) async throws(QueueError) -> DeadLetterNotice? {
        let read = NoticeRead(handler: row.handler, fingerprint: row.fingerprint)
        let rows = try await inQueueTerms { () async throws(PostgresError) in try await maintenance.execute(read) }
        guard let letter = rows.first else { return nil }
        return DeadLetterNotice(
            group: DeadLetterNotice.Group(
                handler: row.handler,
                fingerprint: row.fingerprint,
                count: letter.letters,
                firstSeen: letter.firstDiedAt,
                lastSeen: letter.lastDiedAt
            ),
            letter: DeadLetterNotice.Letter(
                id: letter.id,
                handler: row.handler,
                delivery: Delivery(letter),
                reason: letter.reason,
                error: letter.error,
                failedAttempts: Int(letter.failedAttempts)
            ),
            hour: row.hour,
            tries: Int(row.tries)
        )
    }

    /// Ends a notice, or has it told again.
    package func endNotice(_ notice: DeadLetterNotice, isTold: Bool, for worker: WorkerID) async throws(QueueError) {
        try await end(
            NoticeEnd(
                worker: worker,
                handler: notice.group.handler,
                fingerprint: notice.group.fingerprint,
                hour: notice.hour,
                isTold: isTold
            )
        )
    }

    private func end(_ statement: NoticeEnd) async throws(QueueError) {
        _ = try await inQueueTerms { () async throws(PostgresError) in try await lease.execute(statement) }
    }
}

extension NoticeRead.Row: DeliveryRow {}
