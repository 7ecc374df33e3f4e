public import PostroomCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A statement for any Postgres client: its text, and its parameters as texts.
public struct EnqueueStatement: Hashable, Sendable {
    /// The text, with `$1` and so on for the parameters.
    ///
    /// It returns one row of one column.
    public let sql: String
    /// The parameters in their order, as texts; `nil` is null.
    public let parameters: [String?]
}

/// Makes the statements by which a program enqueues events in transactions of its own, for example a web application
/// that writes an order and enqueues what follows from it: both are committed, or neither.
///
/// It has no connection. Run what it makes with the client that the program has:
///
/// ```swift
/// try await postgres.withTransaction { connection in
///     try await connection.insert(order)
///     try await EnqueueClient().enqueue(OrderPlaced(id: order.id), key: order.id) { statement in
///         try await connection.execute(statement.sql, statement.parameters)
///     }
/// }
/// ```
public struct EnqueueClient: Hashable, Sendable {
    private let schema: String

    /// Makes a client for the inbox in a schema.
    ///
    /// - Parameter schema: The schema's name, `postroom` unless configured otherwise; it is quoted.
    public init(schema: String = "postroom") {
        self.schema =
            "\"" + schema.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// Makes the statement that enqueues an event.
    ///
    /// Its column is the delivery's number: of a known key the first one's, and null where it is due later.
    ///
    /// - Parameters:
    ///   - event: The event. Its type must decode what it encodes: a type that is `Codable` does.
    ///   - type: The event type, where the event's type spans several.
    ///   - due: The time at which it becomes a delivery; by default with the commit.
    ///   - key: The idempotency key, unique for the endpoint; without one each call enqueues another event.
    ///   - endpoint: The endpoint whose deliveries it joins.
    /// - Returns: The statement.
    /// - Throws: ``EnqueueProblem`` where it can't be stored, or the event's own error of encoding.
    public func statement(
        _ event: some WebhookEvent & Encodable,
        type: String? = nil,
        due: EnqueuedEvent.Due = .now,
        key: String? = nil,
        to endpoint: EndpointName = .internal
    ) throws -> EnqueueStatement {
        let event = try EnqueuedEvent(event, type: type, due: due, key: key, endpoint: endpoint)
        let (dueAt, moment): (String, String?) =
            switch event.due {
            case .now: ("$6::text::timestamptz", nil)
            case .after(let delay): ("now() + make_interval(secs => $6::text::float8)", delay.secondsText)
            case .at(let moment): ("to_timestamp($6::text::float8)", "\(moment.timeIntervalSince1970)")
            }
        return EnqueueStatement(
            sql: """
                SELECT \(schema).enqueue(endpoint => $1::text, event_type => $2::text, body => $3::text, \
                idempotency_key => $4::text, source => $5::text, due_at => \(dueAt))
                """,
            parameters: [
                event.endpoint.rawValue, event.eventType, String(decoding: event.body, as: UTF8.self),
                event.idempotencyKey, event.source.rawValue, moment,
            ]
        )
    }

    /// Enqueues an event with a closure that executes the statement.
    ///
    /// - Parameters:
    ///   - event: The event. Its type must decode what it encodes: a type that is `Codable` does.
    ///   - type: The event type, where the event's type spans several.
    ///   - due: The time at which it becomes a delivery; by default with the commit.
    ///   - key: The idempotency key, unique for the endpoint.
    ///   - endpoint: The endpoint whose deliveries it joins.
    ///   - execute: Runs the statement in the program's transaction.
    /// - Returns: The value of the closure.
    /// - Throws: See ``statement(_:type:due:key:to:)``, and the closure's error.
    @discardableResult
    public func enqueue<Result>(
        _ event: some WebhookEvent & Encodable,
        type: String? = nil,
        due: EnqueuedEvent.Due = .now,
        key: String? = nil,
        to endpoint: EndpointName = .internal,
        _ execute: (EnqueueStatement) async throws -> Result
    ) async throws -> Result {
        try await execute(statement(event, type: type, due: due, key: key, to: endpoint))
    }

    /// Makes the statement that takes an event back which is not due yet; its column is true where it was still waiting.
    public func cancelStatement(key: String, endpoint: EndpointName = .internal) -> EnqueueStatement {
        EnqueueStatement(
            sql: "SELECT \(schema).cancel(endpoint => $1::text, idempotency_key => $2::text)",
            parameters: [endpoint.rawValue, key]
        )
    }
}

extension Duration {
    /// The duration in seconds with microseconds, in decimal.
    fileprivate var secondsText: String {
        let microseconds = components.attoseconds / 1_000_000_000_000
        let digits = String(microseconds)
        return "\(components.seconds)." + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}
