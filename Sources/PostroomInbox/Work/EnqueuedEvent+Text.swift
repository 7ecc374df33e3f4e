import PostroomCore

extension EnqueuedEvent {
    /// The call of `postroom.enqueue` for ``enqueueParameters``.
    static let enqueueSQL = """
        SELECT postroom.enqueue(endpoint => $1, event_type => $2, body => $3, idempotency_key => $4, source => $5, \
        headers => $6::bytea, due_at => coalesce($7::timestamptz, now() + $8::interval))
        """

    /// The parameters of ``enqueueSQL`` as texts.
    var enqueueParameters: [String?] {
        var moment: String?
        var delay: String?
        switch due {
        case .now: break
        case .after(let duration): delay = "\(duration.microseconds) microseconds"
        case .at(let date): moment = Timestamp(date).description
        }
        return [
            endpoint.rawValue, eventType, String(decoding: body, as: UTF8.self), idempotencyKey, source.rawValue,
            "\\x" + Hexadecimal.encode(headers.wire), moment, delay,
        ]
    }
}

extension [EnqueuedEvent] {
    /// The events in the order in which a settlement locks their keys: those for later first, then by the hash of the key.
    ///
    /// Transactions that enqueue under the same keys then wait for each other, and never in a circle.
    var inLockOrder: [EnqueuedEvent] {
        map { event in
            let hash = KeyHash(endpoint: event.endpoint, key: event.idempotencyKey ?? "")
            return (isNow: event.due == .now, hash: hash.rawValue, event: event)
        }
        .sorted { ($0.isNow ? 1 : 0, $0.hash) < ($1.isNow ? 1 : 0, $1.hash) }
        .map(\.event)
    }
}
