package import PostroomCore

/// A key of an ordered handler whose jobs wait because one of them died.
package struct ParkedKey: Sendable {
    /// The handler.
    package let handler: HandlerName
    /// The key.
    package let key: String
    /// The dead letter that parks it.
    package let deadLetter: Int64
    /// The delivery of that letter.
    package let delivery: DeliveryID
    /// The time at which the letter's job died.
    package let diedAt: Timestamp
    /// The reason for which it died.
    package let reason: String
    /// The number of jobs that wait, counted up to a thousand.
    package let waiting: Int
    /// The error of its last attempt.
    package let error: String
}

extension Inbox {
    /// Lists the keys that dead letters park.
    ///
    /// - Parameters:
    ///   - handler: The handler, or `nil` for all.
    ///   - most: The most keys to list.
    /// - Returns: The keys by handler and key.
    /// - Throws: ``PostroomCore/QueueError``.
    package func parkedKeys(of handler: HandlerName?, most: Int) async throws(QueueError) -> [ParkedKey] {
        try await administer(ParkedList(handler: handler, most: Int32(clamping: most)))
            .map { row in
                ParkedKey(
                    handler: row.handler,
                    key: row.key,
                    deadLetter: row.deadLetter,
                    delivery: row.deliveryID,
                    diedAt: row.diedAt,
                    reason: row.reason,
                    waiting: row.waiting,
                    error: row.error
                )
            }
    }

    /// Lets the parked keys of a handler go on although their dead letters stay.
    ///
    /// - Parameters:
    ///   - handler: The handler.
    ///   - key: The key, or `nil` for all of the handler.
    /// - Returns: The number of letters that parked them.
    /// - Throws: ``PostroomCore/QueueError`` with the kind `rejected` where there is no such handler.
    package func releaseKeys(of handler: HandlerName, key: String?) async throws(QueueError) -> Int {
        try await administer(ParkedRelease(handler: handler, key: key)).first?.released ?? 0
    }
}
