import FoundationEssentials

/// A checkout: where the SQL files are read and the Swift files written.
struct Checkout {
    let root: String

    static let statements = "sql/statements"
    static let migrations = "sql/migrations"
    static let output = "Sources/PostroomInbox/Generated"

    /// Renders every file, by its path in the checkout.
    ///
    /// - Throws: ``BundlerFailure`` with the first mistake of every file, so that they can be mended together.
    func render() throws -> [String: String] {
        var mistakes: [Mistake] = []
        var statements: [StatementFile] = []
        for fileName in try sqlFiles(in: Self.statements) {
            let path = "\(Self.statements)/\(fileName)"
            do throws(Mistake) {
                let text = try text(of: path)
                let statement = try StatementFile(name: String(fileName.dropLast(4)), path: path, text: text)
                try statement.checkTypeName(isNew: !statements.contains { $0.typeName == statement.typeName }, in: path)
                statements.append(statement)
            } catch {
                mistakes.append(error)
            }
        }
        var migrations: [(file: MigrationFile, path: String)] = []
        for fileName in try sqlFiles(in: Self.migrations) {
            let path = "\(Self.migrations)/\(fileName)"
            do throws(Mistake) {
                let text = try text(of: path)
                migrations.append((try MigrationFile(fileName: fileName, path: path, text: text), path))
            } catch {
                mistakes.append(error)
            }
        }
        if mistakes.isEmpty {
            do throws(Mistake) {
                try MigrationFile.checkOrder(of: migrations)
            } catch {
                mistakes.append(error)
            }
        }
        guard mistakes.isEmpty else {
            throw BundlerFailure(lines: mistakes.map(\.description))
        }
        return Self.swiftFiles(statements: statements, migrations: migrations.map(\.file))
    }

    private static func swiftFiles(statements: [StatementFile], migrations: [MigrationFile]) -> [String: String] {
        var files: [String: String] = [:]
        for statement in statements {
            files["\(output)/Statements/\(statement.typeName).swift"] = statement.swift
        }
        files["\(output)/BundledStatements.swift"] = StatementList.swift(statements)
        files["\(output)/Migrations.swift"] = MigrationList.swift(migrations)
        return files
    }

    private func sqlFiles(in folder: String) throws -> [String] {
        let path = "\(root)/\(folder)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw BundlerFailure(lines: ["there is no \(path); run in the checkout, or name it: StatementBundler ROOT"])
        }
        return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".sql") }.sorted()
    }

    private func text(of path: String) throws(Mistake) -> String {
        guard let data = FileManager.default.contents(atPath: "\(root)/\(path)"),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw Mistake(file: path, line: 1, problem: "this is not readable as UTF-8", advice: "save it as UTF-8")
        }
        return text
    }
}

/// The differences between the files in the checkout and those that should be there.
struct Staleness: Equatable {
    /// Files whose content differs, or that do not exist.
    var outdated: [String] = []
    /// Generated files whose SQL file is gone.
    var orphaned: [String] = []
}

extension Checkout {
    /// Compares the checkout with the files that should be there.
    func staleness(of files: [String: String]) -> Staleness {
        var result = Staleness()
        for (path, text) in files where FileManager.default.contents(atPath: "\(root)/\(path)") != Data(text.utf8) {
            result.outdated.append(path)
        }
        for folder in [Self.output, "\(Self.output)/Statements"] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
            let paths = names.filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
            result.orphaned += paths.filter { files[$0] == nil }
        }
        result.outdated.sort()
        result.orphaned.sort()
        return result
    }

    /// Checks that nothing is stale.
    ///
    /// - Throws: ``BundlerFailure`` that names every stale file.
    func check(_ files: [String: String]) throws {
        let stale = staleness(of: files)
        let lines =
            stale.outdated.map { "\($0) is stale" } + stale.orphaned.map { "\($0) has no SQL file any more" }
        guard lines.isEmpty else {
            throw BundlerFailure(lines: lines + ["bring them up to date with `swift run StatementBundler`"])
        }
    }

    /// Writes the stale files and removes those without a SQL file.
    ///
    /// Files that are right are not touched, so that nothing is compiled again for them.
    func write(_ files: [String: String]) throws {
        let stale = staleness(of: files)
        try FileManager.default.createDirectory(
            atPath: "\(root)/\(Self.output)/Statements",
            withIntermediateDirectories: true
        )
        for path in stale.outdated {
            try Data((files[path] ?? "").utf8).write(to: URL(filePath: "\(root)/\(path)"), options: .atomic)
        }
        for path in stale.orphaned {
            try FileManager.default.removeItem(atPath: "\(root)/\(path)")
        }
    }
}
