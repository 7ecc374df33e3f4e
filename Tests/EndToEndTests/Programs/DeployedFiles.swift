#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The files that people deploy with, as tests try them.
enum DeployedFiles {
    /// The settings that `postgresql.conf` advises.
    static func postgresSettings() throws -> [String: String] {
        try text("deploy/postgres/postgresql.conf").split(separator: "\n")
            .reduce(into: [:]) { settings, line in
                let parts = line.prefix { $0 != "#" }.split(separator: "=", maxSplits: 1).map { trimmed($0) }
                if parts.count == 2 {
                    settings[parts[0]] = parts[1].filter { $0 != "'" }
                }
            }
    }

    /// The statements of `roles.sql`, with other names in place of the owner, the server and the reader: the roles of a
    /// server are shared by all its databases.
    static func roleStatements(_ names: [String]) throws -> [String] {
        let lines = try text("deploy/postgres/roles.sql").split(separator: "\n")
            .compactMap { $0.split(separator: "--", omittingEmptySubsequences: false).first }
        var text = lines.joined(separator: " ")
        for (name, ours) in zip(["hooks_owner", "hooks_server", "hooks_reader"], names) {
            text = text.replacing(name, with: ours)
        }
        return text.split(separator: ";").map { trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
