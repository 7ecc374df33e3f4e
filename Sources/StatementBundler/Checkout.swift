import FoundationEssentials

/// A checkout: the SQL files, event tables and files of the console that are read there, and the files that are written.
struct Checkout {
    let root: String

    static let statements = "sql/statements"
    static let migrations = "sql/migrations"
    static let output = "Sources/PostroomInbox/Generated"
    static let sources = "Sources/PostroomSources"
    static let catalogue = "\(sources)/CATALOGUE.md"
    static let assets = "Sources/PostroomConsole/Assets"
    static let assetOutput = "Sources/PostroomConsole/Generated"

    /// Renders every file, by its path in the checkout.
    ///
    /// - Throws: ``BundlerFailure`` with the first mistake of every file, so that they can be mended together.
    func render() throws -> [String: String] {
        var mistakes: [Mistake] = []
        var statements: [StatementFile] = []
        for fileName in try names(in: Self.statements, suffix: ".sql") {
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
        for fileName in try names(in: Self.migrations, suffix: ".sql") {
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
        var files = Self.swiftFiles(statements: statements, migrations: migrations.map(\.file))
        for path in try eventTables() {
            do throws(Mistake) {
                let table = try EventTable(path: path, text: text(of: path))
                files["\(table.folder)/\(table.namespace)Events.swift"] = table.swift
                files["\(table.folder)/\(table.namespace)Unions.swift"] = table.unions
                if files[Self.catalogue] == nil {
                    files[Self.catalogue] = try text(of: Self.catalogue)
                }
                try table.updateCatalogue(&files[Self.catalogue, default: ""])
            } catch {
                mistakes.append(error)
            }
        }
        do throws(Mistake) {
            let assets = try assets()
            if !assets.isEmpty {
                files["\(Self.assetOutput)/ConsoleAssets.swift"] = AssetList.swift(assets, from: Self.assets)
            }
        } catch {
            mistakes.append(error)
        }
        guard mistakes.isEmpty else {
            throw BundlerFailure(lines: mistakes.map(\.description))
        }
        return files
    }

    /// The files of the console by name; none in a checkout without them.
    private func assets() throws(Mistake) -> [AssetFile] {
        var assets: [AssetFile] = []
        for name in names(in: Self.assets).sorted() {
            let path = "\(Self.assets)/\(name)"
            assets.append(try AssetFile(name: name, path: path, text: try text(of: path)))
        }
        return assets
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

    /// The paths of the event tables, which lie in the folders of their sources.
    private func eventTables() throws -> [String] {
        try names(in: Self.sources, suffix: "")
            .flatMap { folder in
                let path = "\(Self.sources)/\(folder)"
                return names(in: path).filter { $0.hasSuffix(".events") }.sorted().map { "\(path)/\($0)" }
            }
    }

    /// The names in a folder that end so.
    private func names(in folder: String, suffix: String) throws -> [String] {
        let path = "\(root)/\(folder)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw BundlerFailure(lines: ["there is no \(path); run in the checkout, or name it: StatementBundler ROOT"])
        }
        return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(suffix) }.sorted()
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
    /// Generated files whose SQL file or table is gone.
    var orphaned: [String] = []
}

extension Checkout {
    /// Compares the checkout with the files that should be there.
    func staleness(of files: [String: String]) -> Staleness {
        var result = Staleness()
        for (path, text) in files where FileManager.default.contents(atPath: "\(root)/\(path)") != Data(text.utf8) {
            result.outdated.append(path)
        }
        let sources = names(in: Self.sources).map { "\(Self.sources)/\($0)/Generated" }
        for folder in [Self.output, "\(Self.output)/Statements", Self.assetOutput] + sources {
            let paths = names(in: folder).filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }
            result.orphaned += paths.filter { files[$0] == nil }
        }
        result.outdated.sort()
        result.orphaned.sort()
        return result
    }

    /// The names in a folder; none where there is no such folder.
    private func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    }

    /// Checks that nothing is stale.
    ///
    /// - Throws: ``BundlerFailure`` that names every stale file.
    func check(_ files: [String: String]) throws {
        let stale = staleness(of: files)
        let lines =
            stale.outdated.map { "\($0) is stale" } + stale.orphaned.map { "\($0) is generated from nothing any more" }
        guard lines.isEmpty else {
            throw BundlerFailure(lines: lines + ["bring them up to date with `swift run StatementBundler`"])
        }
    }

    /// Writes the stale files and removes those that are generated from nothing any more.
    ///
    /// Files that are right are not touched, so that nothing is compiled again for them.
    func write(_ files: [String: String]) throws {
        let stale = staleness(of: files)
        for path in stale.outdated {
            let url = URL(filePath: "\(root)/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data((files[path] ?? "").utf8).write(to: url, options: .atomic)
        }
        for path in stale.orphaned {
            try FileManager.default.removeItem(atPath: "\(root)/\(path)")
        }
    }
}
