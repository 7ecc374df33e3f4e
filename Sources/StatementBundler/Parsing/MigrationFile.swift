/// A file of `sql/migrations`.
struct MigrationFile: Equatable {
    var version: Int32
    var name: String
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
        self.version = version
        self.name = String(parts[1])
        self.sql = text.trimmed
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
