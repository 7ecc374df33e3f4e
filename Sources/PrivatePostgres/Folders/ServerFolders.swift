import CLibrary
import Subprocess
import Synchronization
import SystemPackage

/// The folders of a private server's data, log and socket, and the lock that keeps its directory to one process.
package final class ServerFolders: Sendable {
    static let port = "5432"
    static let user = "postroom"
    /// A Unix socket's path has room for 107 bytes; the socket's name is `.s.PGSQL.5432`.
    private static let longestSocketFolder = 107 - "/.s.PGSQL.5432".utf8.count

    /// The directory that holds everything but, at times, the socket.
    package let root: String
    /// The server's data folder.
    package let data: String
    /// The folder of the Unix socket; only the server's user and root can enter it.
    package let socket: String
    /// The server's log.
    package let log: String
    let account: ServerAccount
    /// The folders to remove at the end, at most two.
    let temporary: [String]
    private let lock: Mutex<FileDescriptor?>

    private init(root: String, socket: String, account: ServerAccount, temporary: [String], lock: FileDescriptor?) {
        self.root = root
        self.socket = socket
        self.account = account
        self.temporary = temporary
        self.lock = Mutex(lock)
        data = "\(root)/data"
        log = "\(root)/postgres.log"
    }

    deinit {
        unlock()
    }

    /// Makes the folders.
    ///
    /// - Parameter directory: The folder; `nil` for a new temporary one.
    /// - Returns: The folders, locked for this process.
    /// - Throws: ``PrivatePostgresError`` of kind `folder` or `inUse`.
    static func make(_ directory: String?) throws(PrivatePostgresError) -> ServerFolders {
        var temporary: [String] = []
        let root: String
        if let directory {
            root = try absolute(directory)
            try Folder.make(root)
        } else {
            root = try Folder.makeTemporary()
            temporary.append(root)
        }
        let account = try ServerAccount.choose(for: "\(root)/data")
        let lock = try lock(root)
        try own(root, account)
        var socket = "\(root)/socket"
        if isUsableForSocket(socket) {
            try Folder.make(socket)
        } else {
            socket = try Folder.makeTemporary()
            temporary.append(socket)
        }
        try own(socket, account)
        return ServerFolders(root: root, socket: socket, account: account, temporary: temporary, lock: lock)
    }

    /// Postgres takes a list of socket folders, and libpq a text with quotes: only plain characters pass both.
    private static func isUsableForSocket(_ path: String) -> Bool {
        path.utf8.count <= longestSocketFolder
            && path.utf8.allSatisfy { byte in
                let character = Character(Unicode.Scalar(byte))
                return byte < 128 && (character.isLetter || character.isNumber || "/._-+@".contains(character))
            }
    }

    private static func absolute(_ path: String) throws(PrivatePostgresError) -> String {
        let whole: String
        if path.hasPrefix("/") {
            whole = path
        } else {
            guard let current = getcwd(nil, 0) else {
                throw PrivatePostgresError(.folder, "the current folder does not exist any more")
            }
            defer { free(current) }
            whole = "\(String(cString: current))/\(path)"
        }
        return FilePath(whole).lexicallyNormalized().string
    }

    /// Keeps a directory to one process; the lock goes with the process, however it ends.
    private static func lock(_ root: String) throws(PrivatePostgresError) -> FileDescriptor {
        let path = "\(root)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw PrivatePostgresError(.folder, "\(path) cannot be written: \(Folder.message(errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(descriptor)
            let owner = TextFile.read(path)?.split(separator: "\n").first.map { " (process \($0))" } ?? ""
            throw PrivatePostgresError(
                .inUse,
                "another running process\(owner) uses the private Postgres server in \(root); end it, or choose "
                    + "another directory"
            )
        }
        ftruncate(descriptor, 0)
        _ = try? FileDescriptor(rawValue: descriptor).writeAll("\(getpid())\n".utf8)
        return FileDescriptor(rawValue: descriptor)
    }

    private static func own(_ path: String, _ account: ServerAccount) throws(PrivatePostgresError) {
        guard chmod(path, 0o700) == 0, !account.isOther || chown(path, account.userID, account.groupID) == 0 else {
            throw PrivatePostgresError(.folder, "\(path) cannot be made private: \(Folder.message(errno))")
        }
    }

    /// Lets others use the directory.
    func unlock() {
        let descriptor = lock.withLock { lock in
            defer { lock = nil }
            return lock
        }
        try? descriptor?.close()
    }
}

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
