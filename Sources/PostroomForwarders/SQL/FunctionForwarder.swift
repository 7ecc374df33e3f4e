package import PostroomCore

/// Calls a function of the user's for each event, in a transaction of the inbox's database that ends the job with it.
///
/// The function's writes take effect exactly once. Its handler has to be transactional.
package struct FunctionForwarder: ForwardTarget {
    private let verdict: FunctionVerdict
    private let call: String
    private let timeout: Duration

    /// The parameters of the function with their types, by whose names it is called.
    package static let parameters: [(name: String, type: String)] = [
        ("delivery_id", "bigint"), ("endpoint", "text"), ("source", "text"), ("event_type", "text"), ("body", "bytea"),
        ("headers", "jsonb"), ("idempotency_key", "text"), ("attempt", "integer"),
    ]

    /// Describes a function.
    ///
    /// - Parameters:
    ///   - name: The function's name with its schema, for people.
    ///   - quoted: The same as it is written in SQL.
    ///   - permanent: The SQLSTATEs after which no other attempt can help; one that ends in `000` stands for its class.
    ///   - timeout: The longest time for the function.
    package init(name: String, quoted: String, permanent: [String], timeout: Duration) {
        self.verdict = FunctionVerdict(function: name, permanent: permanent)
        let arguments = Self.parameters.enumerated()
            .map { index, parameter in "\(parameter.name) => $\(index + 1)::pg_catalog.\(Self.inner(parameter.type))" }
        self.call = "SELECT \(quoted)(\(arguments.joined(separator: ", ")))"
        self.timeout = timeout
    }

    package var kind: HandlerKind { .sql }

    /// Calls the function for an event.
    ///
    /// - Throws: ``ForwardFailure`` where it failed, or the job is no longer this attempt's.
    package func forward(_ context: HandlerContext) async throws {
        let milliseconds = String(max(1, timeout.microseconds / 1000))
        let values = Self.values(context)
        do {
            try await context.transaction { transaction in
                try await transaction.query(
                    "SELECT pg_catalog.set_config('statement_timeout', $1, true)",
                    [milliseconds]
                )
                try await transaction.query(call, values)
            }
        } catch let error as TransactionError {
            throw verdict.failure(error)
        }
    }

    /// The catalogue's own name of a type.
    private static func inner(_ type: String) -> String {
        switch type {
        case "bigint": "int8"
        case "integer": "int4"
        default: type
        }
    }

    /// The values of the parameters, in Postgres' text form.
    static func values(_ context: HandlerContext) -> [String?] {
        let delivery = context.delivery
        return [
            delivery.id.description, delivery.endpoint.rawValue, delivery.source.rawValue, delivery.eventType,
            "\\x" + Hexadecimal.encode(delivery.body), headers(delivery.headers), context.idempotencyKey,
            String(context.attempt),
        ]
    }

    /// The header fields as a JSON object by their names in lower case; a field that comes several times has its values
    /// with a comma between them, as HTTP has it.
    private static func headers(_ headers: Headers) -> String {
        var values: [String: String] = [:]
        for field in headers.fields {
            let name = storable(field.name).lowercased()
            let earlier = values[name].map { "\($0), " } ?? ""
            values[name] = earlier + storable(field.value)
        }
        let members = values.sorted { $0.key < $1.key }
            .map { "\(JSONString.quoted($0.key)):\(JSONString.quoted($0.value))" }
        return "{\(members.joined(separator: ","))}"
    }

    /// A text without U+0000, which Postgres can't hold.
    private static func storable(_ text: String) -> String {
        text.replacing("\0", with: "\u{FFFD}")
    }
}

/// The meaning of a failed call for the attempt.
struct FunctionVerdict: Hashable, Sendable {
    /// The function's name, for people.
    let function: String
    /// The SQLSTATEs after which no other attempt can help.
    let permanent: [String]

    /// The failure that an error means.
    ///
    /// Its words are the server's or the function's own, so they are kept with the attempt and not logged.
    func failure(_ error: TransactionError) -> ForwardFailure {
        guard let state = error.sqlState else {
            return ForwardFailure("\(function) could not be called: \(EscapedText.of(error.description))")
        }
        let words = "\(function) failed with SQLSTATE \(EscapedText.of(state))"
        return ForwardFailure(
            words,
            isPermanent(state) ? .permanent(words) : nil,
            evidence: Evidence.of(error.description.utf8)
        )
    }

    private func isPermanent(_ state: String) -> Bool {
        permanent.contains { $0 == state || ($0.hasSuffix("000") && state.hasPrefix($0.prefix(2))) }
    }
}
