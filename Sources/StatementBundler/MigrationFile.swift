/// A file of `sql/migrations`.
struct MigrationFile: Equatable {
    var version: Int32
    var name: String
    /// The least schema version that a program must know to go on working beside this migration.
    var oldestProgram: Int32
    /// The whole file, its comments included: they say what it locks.
    var sql: String

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - fileName: The file's name, `NNNN_name.sql`.
    ///   - path: The path as mistakes name it.
    ///   - text: The whole file.
    /// - Throws: ``Mistake``, the first one.
    init(fileName: String, path: String, text: String) throws(Mistake) {
        let parts = fileName.dropLast(4).split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[0].utf8.allSatisfy(\.isDigit),
            let version = Int32(parts[0]), SwiftNames.isSQLName(parts[1])
        else {
            throw Mistake(
                file: path,
                line: 1,
                problem: "the file's name is not `NNNN_name.sql`",
                advice: "use four digits, an underscore, and a-z, 0-9 and single underscores"
            )
        }
        guard text.hasPrefix("-- ") else {
            throw Mistake(
                file: path,
                line: 1,
                problem: "the migration does not say what it does",
                advice: "start it with a comment: what it does, and what it locks"
            )
        }
        try SQLText(file: path, text: text).checkSchemaName()
        self.oldestProgram = try Self.oldestProgram(of: version, in: text, path: path)
        self.version = version
        self.name = String(parts[1])
        self.sql = text.trimmed
    }

    /// The first version whose migration has to name the programs that it works with; those before it work with no older
    /// one.
    private static let firstThatSays: Int32 = 4

    /// Reads the line `-- Works with programs from version N.` of the comment that the file begins with.
    private static func oldestProgram(of version: Int32, in text: String, path: String) throws(Mistake) -> Int32 {
        let comment = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("--") }
        let start = "-- Works with programs from version "
        guard let line = comment.firstIndex(where: { $0.hasPrefix(start) }) else {
            guard version >= firstThatSays else { return version }
            throw Mistake(
                file: path,
                line: 1,
                problem: "the migration does not say which programs go on working beside it",
                advice:
                    "add `\(start)N.` to its first comment; N is the oldest schema version that they were written for"
            )
        }
        guard let oldest = Int32(comment[line].dropFirst(start.count).prefix { $0 != "." }),
            (1...version).contains(oldest)
        else {
            throw Mistake(
                file: path,
                line: line + 1,
                problem: "no version from 1 to \(version) stands here",
                advice: "write `\(start)N.`; N is the oldest schema version that programs beside it were written for"
            )
        }
        return oldest
    }

    /// Checks that the versions, in order, are 1, 2, 3 and so on.
    static func checkOrder(of migrations: [(file: MigrationFile, path: String)]) throws(Mistake) {
        for (index, migration) in migrations.enumerated() where migration.file.version != Int32(index + 1) {
            throw Mistake(
                file: migration.path,
                line: 1,
                problem: "this is version \(migration.file.version), where \(index + 1) should follow",
                advice: "number migrations without gaps and without repeats, from 0001"
            )
        }
    }
}

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
