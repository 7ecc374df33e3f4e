import PostgresClient

/// How the schema in the database stands to this program.
public enum SchemaState: Hashable, Sendable {
    /// There is none.
    case missing
    /// It is older: `postroom migrate` brings it from that version up to date.
    case outdated(version: Int32)
    /// It fits.
    case current
    /// It is newer, and this program still works with it.
    case compatible(version: Int32)
    /// It is newer, and this program must not touch it.
    case newer(version: Int32)

    /// The version that this program needs.
    public static var requiredVersion: Int32 {
        BundledMigrations.all.last?.version ?? 0
    }

    /// Whether this program can work with it.
    public var isUsable: Bool {
        switch self {
        case .current, .compatible: true
        case .missing, .outdated, .newer: false
        }
    }

    /// Judges a schema.
    ///
    /// - Parameters:
    ///   - version: Its version, `nil` where it has none.
    ///   - oldestProgram: The least version that a program must know to work with every migration that this one does not
    ///     know.
    init(version: Int32?, oldestProgram: Int32?) {
        switch version {
        case nil: self = .missing
        case let version? where version < Self.requiredVersion: self = .outdated(version: version)
        case let version? where version > Self.requiredVersion:
            self =
                (oldestProgram ?? version) <= Self.requiredVersion
                ? .compatible(version: version) : .newer(version: version)
        default: self = .current
        }
    }

    /// Reads the state through any way to run a query.
    static func read(
        _ schema: SchemaName,
        query: (String) async throws(PostgresError) -> [[String?]]
    ) async throws(PostgresError) -> SchemaState {
        let exists = try await query("SELECT to_regclass('\"\(schema)\".migration') IS NOT NULL")
        guard exists.first?.first == "t" else { return .missing }
        // A migration that does not say whom it works with works with nobody who does not know it. Older schemas lack the
        // column.
        let rows = try await query(
            """
            SELECT max(version), max(coalesce((to_jsonb(m)->>'oldest_program')::integer, version))
                FILTER (WHERE version > \(requiredVersion))
            FROM "\(schema)".migration m
            """
        )
        let numbers = rows.first?.map { $0.flatMap { Int32($0) } } ?? []
        guard numbers.count == 2 else { return .missing }
        return SchemaState(version: numbers[0], oldestProgram: numbers[1])
    }
}
