import PostgresClient
package import PostroomCore

/// A dead letter as lists show it.
package struct DeadLetterSummary: Sendable {
    /// Its number.
    package let id: Int64
    /// The delivery.
    package let deliveryID: DeliveryID
    /// The handler that could not handle it.
    package let handler: HandlerName
    /// The endpoint of the delivery.
    package let endpoint: EndpointName
    /// The event type, where the delivery has one.
    package let eventType: String?
    /// When it died.
    package let diedAt: Timestamp
    /// The reason of its death.
    package let reason: String
    /// The number of failed attempts.
    package let failedAttempts: Int
    /// The error of the last attempt.
    package let error: String
}

/// A whole dead letter.
package struct DeadLetter: Sendable {
    /// The fields that lists show.
    package let summary: DeadLetterSummary
    /// The delivery, as it was received.
    package let delivery: Delivery
    /// The failed attempts as a JSON array of `{attempt, at, seconds, error}`.
    package let history: String
}

extension Inbox {
    /// Looks for dead letters, newest first.
    ///
    /// - Parameters:
    ///   - filter: The letters that are meant.
    ///   - start: The number below which it looks, or `nil` for the newest.
    ///   - limit: The most to find.
    ///   - time: The longest time that it looks for them.
    /// - Returns: A summary of each, and the place at which it gave up.
    /// - Throws: ``PostroomCore/QueueError``.
    package func deadLetters(
        _ filter: DeadLetterFilter,
        below start: Int64? = nil,
        limit: Int,
        lookingFor time: Duration = Inbox.searchTime
    ) async throws(QueueError) -> Listing<DeadLetterSummary> {
        var size = StepSize()
        return try await search(below: start, limit: limit, for: time) { before, most throws(QueueError) in
            let rows = try await step(&size) { span in
                DeadLetterList(before: before, span: span, most: Int32(clamping: most), filter: filter)
            }
            let found = rows.compactMap { DeadLetterSummary($0) }
            return (found, rows.first?.looked ?? 0, rows.first?.reached)
        }
    }

    /// Counts dead letters, however long that takes.
    ///
    /// - Parameter filter: The letters that are meant.
    /// - Returns: The number of letters that match.
    /// - Throws: ``PostroomCore/QueueError``.
    package func countDeadLetters(_ filter: DeadLetterFilter) async throws(QueueError) -> Int {
        try await sum { before, size throws(QueueError) in
            let row = try await step(&size) { span in
                DeadLetterCount(before: before, span: span, filter: filter)
            }
            .first
            return (row?.letters ?? 0, row?.reached)
        }
    }

    /// Reads a dead letter.
    ///
    /// - Parameter id: Its number.
    /// - Returns: The letter, or `nil` where there is none, any more or yet.
    /// - Throws: ``PostroomCore/QueueError``.
    package func deadLetter(_ id: Int64) async throws(QueueError) -> DeadLetter? {
        try await administer(DeadLetterRead(id: id)).first.map { DeadLetter($0) }
    }

    /// Records a replay, which the inbox carries out at its pace.
    ///
    /// - Parameters:
    ///   - filter: The letters that are meant.
    ///   - pace: Its pace, and the rule by which it stops.
    ///   - everything: True to let a filter without a condition mean all; else it is refused.
    /// - Returns: The number of the replay.
    /// - Throws: ``PostroomCore/QueueError``, also for a filter that names what does not exist; nothing is replayed then.
    package func replayDeadLetters(
        _ filter: DeadLetterFilter,
        pace: ReplayPace = ReplayPace(),
        everything: Bool
    ) async throws(QueueError) -> Int64 {
        try await administer(DeadLetterReplay(filter: filter, everything: everything, pace: pace)).first?.replay ?? 0
    }

    /// Deletes dead letters for good, in bounded steps; those that came before a failure stay deleted.
    ///
    /// - Parameters:
    ///   - filter: The letters that are meant.
    ///   - everything: True to let a filter without a condition mean all; else it is refused.
    ///   - reason: The person's reason, for the audit.
    /// - Returns: The number of deleted letters.
    /// - Throws: ``PostroomCore/QueueError``, also for a filter that names what does not exist; nothing is deleted then.
    package func discardDeadLetters(
        _ filter: DeadLetterFilter,
        everything: Bool,
        because reason: String? = nil
    ) async throws(QueueError) -> Int {
        try await sum { before, size throws(QueueError) in
            let row = try await step(&size) { span in
                DeadLetterDiscard(before: before, span: span, filter: filter, everything: everything, reason: reason)
            }
            .first
            return (row?.discarded ?? 0, row?.reached)
        }
    }

    /// Gives a dead letter's handler the delivery with another body, as a new delivery that names its origin, and closes the
    /// letter.
    ///
    /// - Parameters:
    ///   - id: The letter's number.
    ///   - body: The new body.
    ///   - reason: The person's reason, for the audit.
    ///   - difference: The changes, for the audit, as a JSON object without sensitive values.
    /// - Returns: The new delivery.
    /// - Throws: ``PostroomCore/QueueError`` of the kind `rejected` where there is no such letter, any more or yet, with what
    ///   became of it; nothing is changed then.
    package func editDeadLetter(
        _ id: Int64,
        body: [UInt8],
        because reason: String,
        difference: String
    ) async throws(QueueError) -> DeliveryID? {
        let edit = DeadLetterEdit(id: id, body: body, reason: reason, difference: PostgresJSON(difference))
        return try await administer(edit).first?.successor
    }

    /// Runs a statement for a person, over the maintenance connection.
    func administer<S: Statement>(_ statement: S) async throws(QueueError) -> [S.Row] {
        try await inQueueTerms { () async throws(PostgresError) in try await executeForActor(statement) }
    }
}

extension DeadLetterSummary {
    /// The letter of a row, or `nil` for the row that only says how far a look came.
    fileprivate init?(_ row: DeadLetterList.Row) {
        guard let id = row.id, let delivery = row.deliveryID, let handler = row.handler, let endpoint = row.endpoint,
            let diedAt = row.diedAt, let reason = row.reason, let attempts = row.failedAttempts, let error = row.error
        else { return nil }
        self.init(
            id: id,
            deliveryID: delivery,
            handler: handler,
            endpoint: endpoint,
            eventType: row.eventType,
            diedAt: diedAt,
            reason: reason,
            failedAttempts: Int(attempts),
            error: error
        )
    }
}

extension DeadLetter {
    fileprivate init(_ row: DeadLetterRead.Row) {
        self.summary = DeadLetterSummary(
            id: row.id,
            deliveryID: row.deliveryID,
            handler: row.handler,
            endpoint: row.endpoint,
            eventType: row.eventType,
            diedAt: row.diedAt,
            reason: row.reason,
            failedAttempts: Int(row.failedAttempts),
            error: row.error
        )
        self.delivery = Delivery(row)
        self.history = row.history.text
    }
}
