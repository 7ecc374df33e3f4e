import PostroomCore
import SystemPackage

/// The files of a run, in one folder.
struct RunFiles: Sendable {
    let folder: FilePath

    var configuration: FilePath { folder.appending("postroom.yaml") }

    func journal(of life: LifeID) -> FilePath {
        folder.appending("journal-\(life.node)-\(life.life)")
    }

    func log(of life: LifeID) -> FilePath {
        folder.appending("log-\(life.node)-\(life.life)")
    }

    /// Writes the configuration of the nodes, with the secrets as files.
    func writeConfiguration(connectionStrings: [String], schema: String, lease: Duration) throws {
        let quoted = connectionStrings.map { "\"\($0)\"" }
        let address = quoted.count == 1 ? "url: \(quoted[0])" : "urls: [\(quoted.joined(separator: ", "))]"
        var endpoints = ""
        for endpoint in ChaosEndpoint.all {
            let secret = folder.appending("secret-\(endpoint.name)")
            try write(endpoint.secret + "\n", to: secret)
            endpoints += "  \(endpoint.name): {source: \(endpoint.source), secrets: [\"file:\(secret)\"]}\n"
        }
        try write(
            """
            database: {\(address), schema: \(schema)}
            receiver: {host: 127.0.0.1, port: 0, shutdown-grace: 5s}
            admin: {host: 127.0.0.1, port: 0}
            worker: {lease: \(lease.components.seconds)s, shutdown-grace: 5s, concurrency: 16, in-flight: 512}
            log: {format: json, level: info}
            endpoints:
            \(endpoints)
            """,
            to: configuration
        )
    }

    /// The text of a file; empty where there is none.
    func text(_ path: FilePath) -> String {
        guard let file = try? FileDescriptor.open(path, .readOnly) else { return "" }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ text: String, to path: FilePath) throws {
        do {
            let file = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch {
            throw ChaosFailure("the file \(path) can't be written: \(error)")
        }
    }
}
