import FoundationEssentials

/// How the files in the checkout differ from what they should be.
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

    /// Writes what is stale and removes what has no SQL file any more.
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
