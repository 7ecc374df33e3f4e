import PostroomCore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The files of the development setup, under `.postroom/`: the server's data, a configuration that any verb can be given,
/// and the secrets that it refers to.
struct DevSetup {
    /// The folder.
    let folder: FilePath

    /// The configuration file.
    var configurationFile: FilePath {
        folder.appending("postroom.yaml")
    }

    /// Where the server's data lives.
    var serverFolder: FilePath {
        folder.appending("postgres")
    }

    /// Writes the configuration, and the secrets as files that only this user can read.
    ///
    /// - Parameters:
    ///   - connectionString: How to reach the private server.
    ///   - port: The port to receive on, 0 for any that is free.
    ///   - adminPort: The port of metrics and health, 0 for any that is free.
    /// - Throws: ``CommandFailure`` where a file can't be written.
    func write(connectionString: String, port: Int, adminPort: Int) throws {
        try makeFolder(folder)
        try makeFolder(folder.appending("secrets"))
        var endpoints = ""
        for (source, secret) in DevSecrets.all {
            let file = folder.appending("secrets").appending(source.rawValue)
            try write(secret + "\n", to: file)
            endpoints += "  \(source): {source: \(source), secrets: [\"file:\(file)\"]}\n"
        }
        try write(
            """
            # Written by `dev`: for its private Postgres, with secrets that anybody can know.
            database: {url: "\(connectionString)"}
            receiver: {host: 127.0.0.1, port: \(port)}
            admin: {host: 127.0.0.1, port: \(adminPort)}
            endpoints:
            \(endpoints)
            """,
            to: configurationFile
        )
    }

    private func makeFolder(_ path: FilePath) throws {
        guard path.withPlatformString({ mkdir($0, 0o755) }) != 0, errno != EEXIST else { return }
        throw CommandFailure(.failed, "the folder \(path) can't be made: \(Errno(rawValue: errno))")
    }

    private func write(_ text: String, to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate],
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch {
            throw CommandFailure(.failed, "the file \(path) can't be written: \(error)")
        }
    }
}
