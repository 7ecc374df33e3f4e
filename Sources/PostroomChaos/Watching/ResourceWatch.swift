import FoundationEssentials
import PostroomCore
import SystemPackage

/// Watches what the nodes use.
struct ResourceWatch: Sendable {
    let servers: [ChaosServer]
    let fleet: Fleet
    let files: RunFiles
    let peaks = Observed<[BoundedResource: ResourcePeak]>([:])

    /// The most connections of one node to a server: by role two for intake, two for dispatch and eight for
    /// transactions of handlers, and one each for leases, maintenance and listening; twice that while one life follows another.
    private static let connectionsPerNode = 32
    /// The most memory of one node, in MiB.
    private static let memoryPerNode = 512
    /// The most open files of one node: its connections to a few servers and from senders, its journal and log, and the loops.
    private static let filesPerNode = 256
    /// The most room that the queue takes, in MiB: what is owed at any moment, and the dead rows of the minute that
    /// autovacuum sleeps.
    private static let queue = 64

    /// Looks every second until the task is cancelled.
    func run() async {
        peaks.update { peaks in
            peaks = [
                .connections: ResourcePeak(allowed: fleet.nodes.count * Self.connectionsPerNode),
                .memory: ResourcePeak(allowed: Self.memoryPerNode),
                .files: ResourcePeak(allowed: Self.filesPerNode),
                .queue: ResourcePeak(allowed: Self.queue),
            ]
        }
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func look() async {
        let processes = fleet.nodes.compactMap { $0.state.current.processID }
        // Nobody has no connection, no memory and no file: that is to have seen nothing.
        let seen: [BoundedResource: Int?] = [
            .connections: await most { "SELECT nullif(count(*), 0) FROM pg_stat_activity WHERE \($0.isOurs)" },
            .memory: processes.compactMap(memory).max(),
            .files: processes.compactMap(openFiles).max(),
            .queue: await most {
                "SELECT (pg_table_size('\($0.schema).batch') + pg_table_size('\($0.schema).retry')) >> 20"
            },
        ]
        peaks.update { peaks in
            for (resource, amount) in seen {
                peaks[resource]?.saw(amount)
            }
        }
    }

    /// The largest number that a server returns; `nil` where one is away.
    private func most(_ query: (Database) -> String) async -> Int? {
        await servers.numbers(query)?.max()
    }

    /// The most memory that a process has had so far, in MiB; `nil` where nobody knows.
    private func memory(of process: Int32) -> Int? {
        let status = files.text(FilePath("/proc/\(process)/status"))
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
        return Int(line.filter(\.isNumber)).map { $0 / 1024 }
    }

    /// Returns the number of files that a process has open; `nil` where nobody knows.
    private func openFiles(of process: Int32) -> Int? {
        try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    }
}
