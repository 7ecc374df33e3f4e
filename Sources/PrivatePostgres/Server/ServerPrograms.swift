import CLibrary
import Subprocess
import SystemPackage

/// The programs of an installed Postgres server.
struct ServerPrograms: Sendable {
    /// The folder that holds them.
    let folder: String

    /// The environment of every program: ours, without what would point it at another server.
    static let environment = Environment.inherit.updating(
        LibpqEnvironment.names.reduce(into: ["LC_ALL": "C.UTF-8"]) { variables, name in
            variables[Environment.Key(stringLiteral: name)] = .some(nil)
        }
    )

    /// Finds the programs: on the path, then where Debian and others put them (the newest), then by `pg_config`.
    static func find() async throws(PrivatePostgresError) -> ServerPrograms {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let known = path.split(separator: ":").map(String.init) + versioned() + ["/usr/local/pgsql/bin"]
        if let folder = known.lazy.compactMap(serverFolder).first { return ServerPrograms(folder: folder) }
        let asked = try? await Subprocess.run(
            .name("pg_config"),
            arguments: ["--bindir"],
            output: .string(limit: 4_096)
        )
        let answer = asked?.standardOutput.split(separator: "\n").first.map(String.init)
        if let folder = answer.flatMap(serverFolder) { return ServerPrograms(folder: folder) }
        throw PrivatePostgresError(
            .notInstalled,
            "no Postgres server found on this machine (initdb and postgres, version 14 or later); install it, for "
                + "example with `apt install postgresql`, or put its programs on the PATH"
        )
    }

    /// The folder behind links, where the server's other programs are too; `nil` if there is no server in it.
    private static func serverFolder(_ folder: String) -> String? {
        guard access("\(folder)/postgres", X_OK) == 0, let program = realpath("\(folder)/initdb", nil) else {
            return nil
        }
        defer { free(program) }
        return FilePath(String(cString: program)).removingLastComponent().string
    }

    /// The folders of `/usr/lib/postgresql` and the like, newest version first.
    private static func versioned() -> [String] {
        ["/usr/lib/postgresql", "/usr/libexec/postgresql"]
            .flatMap { root in
                Folder.entries(of: root).compactMap(Int.init).sorted(by: >).map { "\(root)/\($0)/bin" }
            }
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - program: Its name.
    ///   - arguments: Its arguments.
    ///   - account: As whom to run it; `nil` for ourselves.
    /// - Throws: ``PrivatePostgresError`` with what it said, unless it succeeded.
    func run(
        _ program: String,
        _ arguments: [String],
        as account: ServerAccount? = nil
    ) async throws(PrivatePostgresError) {
        let command = ["\(folder)/\(program)"] + arguments
        let line = try account?.commandLine(for: command) ?? command
        let status: TerminationStatus
        let said: String
        do {
            let result = try await Subprocess.run(
                .path(FilePath(line[0])),
                arguments: Arguments(Array(line.dropFirst())),
                environment: Self.environment,
                workingDirectory: "/",
                output: .string(limit: 1 << 20),
                error: .combinedWithOutput
            )
            (status, said) = (result.terminationStatus, result.standardOutput)
        } catch {
            throw PrivatePostgresError(.failed, "\(folder)/\(program) cannot be run: \(error)")
        }
        guard status.isSuccess else {
            throw PrivatePostgresError(.failed, "\(program) failed (\(status)): \(said)")
        }
    }
}
