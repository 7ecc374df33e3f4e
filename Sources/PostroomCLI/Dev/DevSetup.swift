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
    /// - Throws: ``CommandFailure`` where a file can't be written, or a configuration can't name the folder.
    func write(connectionString: String, port: Int, adminPort: Int) throws {
        guard folder.string.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            let advice = "the folder's path has control characters, which no configuration can name; choose another"
            throw CommandFailure(.usage, advice)
        }
        try makeFolder(folder)
        try makeFolder(folder.appending("secrets"))
        var endpoints = ""
        for (source, secret) in DevSecrets.all {
            let file = folder.appending("secrets").appending(source.rawValue)
            try write(secret + "\n", to: file)
            endpoints += "  \(source): {source: \(source), secrets: [\(Self.yaml("file:\(file)"))]}\n"
        }
        try write(
            """
            # Written by `dev`: for its private Postgres, with secrets that anybody can know.
            database: {url: \(Self.yaml(connectionString))}
            receiver: {host: 127.0.0.1, port: \(port)}
            admin: {host: 127.0.0.1, port: \(adminPort)}
            endpoints:
            \(endpoints)
            """,
            to: configurationFile
        )
    }

    /// A text in double quotes, as YAML takes it, in plain characters.
    static func yaml(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            if scalar == "\"" || scalar == "\\" { return "\\\(scalar)" }
            guard !(0x20..<0x7F).contains(scalar.value) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"" + escaped.joined() + "\""
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
