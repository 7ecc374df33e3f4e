import CLibrary

/// The user whom the server runs as: ourselves, or an unprivileged one if we are root, as Postgres refuses root.
struct ServerAccount: Sendable {
    let name: String
    let userID: UInt32
    let groupID: UInt32
    /// True if it is another user than ourselves.
    let isOther: Bool

    /// Chooses the user.
    ///
    /// - Parameter data: The data folder; if it exists, its owner stays its user.
    /// - Returns: The user.
    /// - Throws: ``PrivatePostgresError`` if we are root and there is nobody else.
    static func choose(for data: String) throws(PrivatePostgresError) -> ServerAccount {
        guard geteuid() == 0 else {
            return ServerAccount(name: "", userID: geteuid(), groupID: getegid(), isOther: false)
        }
        var status = stat()
        if stat(data, &status) == 0, status.st_uid != 0, let owner = getpwuid(status.st_uid) {
            return ServerAccount(owner.pointee)
        }
        guard let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
            throw PrivatePostgresError(
                .failed,
                "Postgres refuses to run as root, and there is neither a user postgres nor nobody to run it as; "
                    + "run this as another user"
            )
        }
        return ServerAccount(entry.pointee)
    }

    private init(_ entry: passwd) {
        self.init(name: String(cString: entry.pw_name), userID: entry.pw_uid, groupID: entry.pw_gid, isOther: true)
    }

    private init(name: String, userID: UInt32, groupID: UInt32, isOther: Bool) {
        self.name = name
        self.userID = userID
        self.groupID = groupID
        self.isOther = isOther
    }

    /// The command line that runs another one as this user.
    ///
    /// Not `PlatformOptions.userID`: swift-subprocess 1.0 then changes the user between a raw `clone3` and the exec,
    /// where glibc waits for ever for a thread that was just starting in the parent.
    func commandLine(for command: [String]) throws(PrivatePostgresError) -> [String] {
        guard isOther else { return command }
        if let setpriv = Self.find("setpriv") {
            return [setpriv, "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups", "--"] + command
        }
        if let chroot = Self.find("chroot") {
            return [chroot, "--userspec=\(userID):\(groupID)", "--groups=", "/"] + command
        }
        throw PrivatePostgresError(
            .notInstalled,
            "Postgres refuses to run as root, and there is neither setpriv (util-linux) nor chroot (coreutils) to run "
                + "it as the user \(name); run this as another user"
        )
    }

    private static func find(_ program: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders = path.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
        return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}
