import PostgresClient

/// The version of the schema in the database, beside that of this program.
package enum SchemaState: Hashable, Sendable {
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
    /// It was made by migrations that this program does not have, of which this is the first.
    case foreign(version: Int32, name: String)

    /// The version that this program needs.
    package static var requiredVersion: Int32 {
        BundledMigrations.all.last?.version ?? 0
    }

    /// True if this program can work with it.
    package var isUsable: Bool {
        switch self {
        case .current, .compatible: true
        case .missing, .outdated, .newer, .foreign: false
        }
    }

    /// Compares the migrations that a database remembers, in their order, with those of this program.
    ///
    /// A migration that does not say which programs work with it works with none that does not have it.
    init(_ records: [MigrationRecord]) {
        guard let version = records.last?.version else {
            self = .missing
            return
        }
        let names = Dictionary(uniqueKeysWithValues: BundledMigrations.all.map { ($0.version, $0.name) })
        let later = records.filter { $0.version > Self.requiredVersion }
        if let foreign = records.first(where: { $0.version <= Self.requiredVersion && names[$0.version] != $0.name }) {
            self = .foreign(version: foreign.version, name: foreign.name)
        } else if version < Self.requiredVersion {
            self = .outdated(version: version)
        } else if later.isEmpty {
            self = .current
        } else {
            let isKnown = later.allSatisfy { ($0.oldestProgram ?? $0.version) <= Self.requiredVersion }
            self = isKnown ? .compatible(version: version) : .newer(version: version)
        }
    }

    /// Reads the state through any way to run a query.
    static func read(
        _ schema: SchemaName,
        query: (String) async throws(PostgresError) -> [[String?]]
    ) async throws(PostgresError) -> SchemaState {
        let exists = try await query("SELECT to_regclass('\"\(schema)\".migration') IS NOT NULL")
        guard exists.first?.first == "t" else { return .missing }
        let rows = try await query(
            "SELECT version, name, to_jsonb(m) ->> 'oldest_program' FROM \"\(schema)\".migration m ORDER BY version"
        )
        return SchemaState(rows.compactMap(MigrationRecord.init))
    }
}

/// A migration that the database remembers.
struct MigrationRecord {
    let version: Int32
    let name: String
    let oldestProgram: Int32?

    init?(_ row: [String?]) {
        guard row.count == 3, let version = row[0].flatMap({ Int32($0) }), let name = row[1] else { return nil }
        self.version = version
        self.name = name
        self.oldestProgram = row[2].flatMap { Int32($0) }
    }
}
