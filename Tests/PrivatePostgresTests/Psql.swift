import Subprocess
import SystemPackage

@testable import PrivatePostgres

/// Asks a private server with psql.
func ask(_ server: PrivatePostgres, _ sql: String, database: String = "postgres") async throws -> String {
    let result = try await Subprocess.run(
        .path(FilePath("\(server.programs.folder)/psql")),
        arguments: ["-X", "-A", "-t", "-q", "-c", sql, server.connectionString(database: database)],
        workingDirectory: "/",
        output: .string(limit: 65_536),
        error: .combinedWithOutput
    )
    return result.standardOutput.split(separator: "\n").joined(separator: "\n")
}
