import CLibrary

/// The settings of a server for benches: those of a production server on such a machine, nothing unsafe.
enum ServerSettings {
    /// The settings of a private server beside its defaults.
    static var production: [String: String] {
        [
            "shared_buffers": "\(sharedMegabytes)MB",
            "max_wal_size": "8GB",
            "min_wal_size": "1GB",
            "checkpoint_timeout": "15min",
            "checkpoint_completion_target": "0.9",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "autovacuum": "on",
            "wal_compression": "off",
            "jit": "off",
        ]
    }

    /// An eighth of the memory, at most 2 GiB.
    private static var sharedMegabytes: Int {
        let bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        return min(2048, max(128, bytes >> 23))
    }

    /// The settings that the figures depend on, as a report shows them.
    static let shown = [
        "server_version", "shared_buffers", "fsync", "synchronous_commit", "full_page_writes", "wal_compression",
        "max_wal_size", "checkpoint_timeout", "autovacuum",
    ]

    /// Reads them.
    static func facts(of database: BenchDatabase) async throws -> [BenchReport.Fact] {
        var facts: [BenchReport.Fact] = []
        for name in shown {
            let value = try await database.run("SELECT current_setting('\(name)')").first?.first.flatMap(\.self)
            facts.append(.init(name == "server_version" ? "Postgres" : name, value ?? "unknown"))
        }
        return facts
    }
}
