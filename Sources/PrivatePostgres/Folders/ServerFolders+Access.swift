import Subprocess
import SystemPackage

extension ServerFolders {
    /// Prints the first of its arguments that the user cannot enter.
    private static let firstClosed = "for folder; do [ -x \"$folder\" ] || { printf %s \"$folder\"; exit 1; }; done"

    /// Checks that the server's user can enter the directory, and says which folder is in the way.
    func checkReachable() async throws(PrivatePostgresError) {
        guard account.isOther else { return }
        var above: [String] = ["/"]
        var current = ""
        for part in root.split(separator: "/") {
            current += "/\(part)"
            above.append(current)
        }
        let line = try account.commandLine(for: ["/bin/sh", "-c", Self.firstClosed, "check"] + above)
        let result = try? await Subprocess.run(
            .path(FilePath(line[0])),
            arguments: Arguments(Array(line.dropFirst())),
            workingDirectory: "/",
            output: .string(limit: 8_192)
        )
        guard let result else {
            throw PrivatePostgresError(.failed, "no program can be run as the user \(account.name)")
        }
        guard !result.terminationStatus.isSuccess else { return }
        throw PrivatePostgresError(
            .folder,
            "Postgres refuses to run as root, so it runs as the user \(account.name), who cannot enter "
                + "\(result.standardOutput); choose a directory elsewhere, open that folder with `chmod o+x`, "
                + "or run this as another user"
        )
    }

    /// Removes the temporary folders and lets go of the directory.
    func removeTemporary() async {
        for folder in temporary { await remove(folder) }
        unlock()
    }

    /// Removes a folder with everything in it.
    func remove(_ folder: String) async {
        _ = try? await Subprocess.run(
            .path("/bin/rm"),
            arguments: ["-rf", "--", folder],
            workingDirectory: "/",
            output: .discarded
        )
    }

    /// The last lines of the server's log.
    func endOfLog() -> String {
        let lines = (TextFile.read(log, last: 8_192) ?? "").split(separator: "\n")
        return lines.suffix(20).joined(separator: "\n")
    }
}
