/// The Swift file that holds all migrations.
enum MigrationList {
    static func swift(_ migrations: [MigrationFile]) -> String {
        """
        \(SwiftLiterals.head(from: "sql/migrations"))
        /// One step of the schema, as it was written.
        struct BundledMigration: Sendable {
            let version: Int32
            let name: String
            /// The least schema version that a program must know to go on working beside it.
            let oldestProgram: Int32
            let sql: String
        }

        /// Every migration, in order.
        enum BundledMigrations {
            static let all: [BundledMigration] = \(list(migrations))
        }

        """
    }

    private static func list(_ migrations: [MigrationFile]) -> String {
        let items = migrations.map { migration in
            """
            BundledMigration(
                        version: \(migration.version),
                        name: \(SwiftLiterals.string(migration.name)),
                        oldestProgram: \(migration.oldestProgram),
                        sql: \(SwiftLiterals.multiline(migration.sql, indentation: 12))
                    )
            """
        }
        return SwiftLiterals.tallList(items, indentation: 4)
    }
}
