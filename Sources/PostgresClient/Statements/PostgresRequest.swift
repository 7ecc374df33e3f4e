/// Commands that are sent together and are committed, or rolled back, together.
@usableFromInline
package struct PostgresRequest: Sendable {
    enum Command: Sendable {
        case statement(StatementDescription, ParameterWriter)
        /// An ad-hoc text with its parameters and rows as text.
        case text(String, [String?])

        var name: String? {
            guard case .statement(let description, _) = self else { return nil }
            return description.name
        }
    }

    private(set) var commands: [Command] = []

    /// Makes a request without commands.
    @usableFromInline package init() {}

    /// Makes a request of an ad-hoc text: one statement, with parameters and rows in their text form.
    ///
    /// - Parameters:
    ///   - text: The statement.
    ///   - parameters: The values of `$1`, `$2` and so on; `nil` is NULL.
    package init(text: String, _ parameters: [String?] = []) {
        commands = [.text(text, parameters)]
    }

    /// Adds an ad-hoc text: one statement, with parameters and rows in their text form.
    ///
    /// - Parameters:
    ///   - text: The statement.
    ///   - parameters: The values of `$1`, `$2` and so on; `nil` is NULL.
    package mutating func add(text: String, _ parameters: [String?] = []) {
        commands.append(.text(text, parameters))
    }

    /// Adds a statement.
    ///
    /// - Parameter statement: The statement with its parameters.
    /// - Throws: ``PostgresError`` of kind `encoding` where the parameters written are not those declared.
    @usableFromInline package mutating func add<S: Statement>(_ statement: S) throws(PostgresError) {
        var parameters = ParameterWriter()
        statement.encode(into: &parameters)
        try add(StatementDescription(of: S.self), parameters)
    }

    mutating func add(_ description: StatementDescription, _ parameters: ParameterWriter) throws(PostgresError) {
        if let problem = parameters.mismatch(with: description.parameterTypes) {
            throw PostgresError(.encoding, problem, statement: description.name, isSafeToRetry: true)
        }
        commands.append(.statement(description, parameters))
    }
}

extension ParameterWriter {
    /// The most libpq sends in one value.
    private static let mostBytes = 1 << 30

    /// Compares the parameters with the declared types.
    ///
    /// - Returns: The difference, without values, or `nil` where there is none.
    func mismatch(with declared: [PostgresType]) -> String? {
        guard slots.count == declared.count else {
            return "\(slots.count) parameters were written, \(declared.count) are declared"
        }
        guard slots.count <= 65_535 else { return "\(slots.count) parameters are more than Postgres takes (65535)" }
        guard bytes.count < Self.mostBytes else { return "the parameters have \(bytes.count) bytes, more than 1 GiB" }
        for (index, (slot, declared)) in zip(slots, declared).enumerated()
        where slot.type != declared && declared.isKnown && !declared.reads(slot.type) {
            return "parameter $\(index + 1) was written as \(slot.type), \(declared) is declared"
        }
        return nil
    }
}

/// The server's answer to a request that was committed.
@usableFromInline
package struct PostgresReply: Sendable {
    let results: [QueryResult]

    /// The rows of the last command as text, and the number of rows that it changed or read.
    package var text: (rows: [[String?]], changes: Int) {
        guard let result = results.last else { return ([], 0) }
        return (result.textRows(), result.changeCount)
    }

    /// Decodes the rows of one of the request's statements.
    ///
    /// - Parameters:
    ///   - statement: The statement's type.
    ///   - index: Its position in the request.
    /// - Returns: The rows.
    /// - Throws: ``PostgresError`` of kind `decoding`; the request has been committed even so.
    @inlinable
    package func rows<S: Statement>(of statement: S.Type, at index: Int = 0) throws(PostgresError) -> [S.Row] {
        var reader = try reader(of: statement, at: index)
        var rows: [S.Row] = []
        rows.reserveCapacity(reader.rowCount)
        while reader.advance() {
            rows.append(try S.decode(&reader))
        }
        return rows
    }

    @usableFromInline
    func reader<S: Statement>(of statement: S.Type, at index: Int) throws(PostgresError) -> RowReader {
        guard results.indices.contains(index) else {
            throw PostgresError(
                .decoding,
                "the request has no statement \(index)",
                statement: S.name,
                isSafeToRetry: false
            )
        }
        return RowReader(results[index], statement: S.name, columns: S.columns)
    }
}
