/// Commands that are sent together and are committed, or rolled back, together.
public struct PostgresRequest: Sendable {
    enum Command: Sendable {
        case statement(StatementDescription, ParameterWriter)
        /// An ad-hoc text without parameters, with its rows as text.
        case text(String)

        var name: String? {
            guard case .statement(let description, _) = self else { return nil }
            return description.name
        }
    }

    private(set) var commands: [Command] = []

    /// Makes a request without commands.
    public init() {}

    init(text: String) {
        commands = [.text(text)]
    }

    /// Adds a statement.
    ///
    /// - Parameter statement: The statement with its parameters.
    /// - Throws: ``PostgresError`` of kind `encoding` where the parameters written are not those declared.
    public mutating func add<S: Statement>(_ statement: S) throws(PostgresError) {
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

    /// What is wrong with the parameters, without their values.
    func mismatch(with declared: [PostgresType]) -> String? {
        guard types.count == declared.count else {
            return "\(types.count) parameters were written, \(declared.count) are declared"
        }
        guard types.count <= 65_535 else { return "\(types.count) parameters are more than Postgres takes (65535)" }
        guard bytes.count < Self.mostBytes else { return "the parameters have \(bytes.count) bytes, more than 1 GiB" }
        for (index, (written, declared)) in zip(types, declared).enumerated()
        where written != declared && declared.isKnown && !declared.reads(written) {
            return "parameter $\(index + 1) was written as \(written), \(declared) is declared"
        }
        return nil
    }
}

/// What the server answered to a request that was committed.
public struct PostgresReply: Sendable {
    let results: [QueryResult]

    /// Decodes the rows of one of the request's statements.
    ///
    /// - Parameters:
    ///   - statement: The statement's type.
    ///   - index: Its position in the request.
    /// - Returns: The rows.
    /// - Throws: ``PostgresError`` of kind `decoding`; the request has been committed even so.
    @inlinable
    public func rows<S: Statement>(of statement: S.Type, at index: Int = 0) throws(PostgresError) -> [S.Row] {
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
