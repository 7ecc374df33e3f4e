import PostgresClient

/// How the schema in the database stands to this program.
public enum SchemaState: Hashable, Sendable {
    /// There is none.
    case missing
    /// It is older: `postroom migrate` brings it from that version up to date.
    case outdated(version: Int32)
    /// It fits.
    case current
    /// It is newer than this program, which must not touch it.
    case newer(version: Int32)

    /// The version that this program needs.
    public static var requiredVersion: Int32 {
        BundledMigrations.all.last?.version ?? 0
    }

    init(version: Int32?) {
        switch version {
        case nil: self = .missing
        case let version? where version < Self.requiredVersion: self = .outdated(version: version)
        case let version? where version > Self.requiredVersion: self = .newer(version: version)
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
        let version = try await query("SELECT max(version) FROM \"\(schema)\".migration")
        return SchemaState(version: version.first?.first.flatMap(\.self).flatMap(Int32.init))
    }
}
