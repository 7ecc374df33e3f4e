import SystemPackage

/// Watches what the nodes use.
struct ResourceWatch: Sendable {
    let database: Database
    let fleet: Fleet
    let files: RunFiles
    let peaks = Observed(ResourcePeaks())

    /// The most connections of one node: by role two for intake and two for dispatch, and one each for leases,
    /// maintenance and listening; twice that while one life follows another.
    private static let connectionsPerNode = 20
    /// The most memory of one node.
    private static let memoryPerNode = 512 << 20

    /// Looks every second until the task is cancelled.
    func run() async {
        peaks.update { peaks in
            peaks.connectionsAllowed = fleet.nodes.count * Self.connectionsPerNode
            peaks.memoryAllowed = Self.memoryPerNode
        }
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func look() async {
        let rows = try? await database.query("SELECT count(*) FROM pg_stat_activity WHERE \(database.isOurs)")
        let connections = rows?.first?.first.flatMap(\.self).flatMap { Int($0) } ?? 0
        let memory = fleet.nodes.compactMap { $0.state.current.processID }.map(memory).max() ?? 0
        peaks.update { peaks in
            peaks.connections = max(peaks.connections, connections)
            peaks.memory = max(peaks.memory, memory)
        }
    }

    /// The most memory that a process has had so far, in bytes; 0 where nobody knows.
    private func memory(of process: Int32) -> Int {
        let status = files.text(FilePath("/proc/\(process)/status"))
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
        return (Int(line.filter(\.isNumber)) ?? 0) * 1024
    }
}
