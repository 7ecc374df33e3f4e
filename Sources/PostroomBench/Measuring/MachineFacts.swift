import CLibrary
import NIOPosix

/// The machine of the bench.
enum MachineFacts {
    /// Processor, memory and kernel.
    static var ofMachine: [BenchReport.Fact] {
        [
            .init("processor", field("model name", of: "/proc/cpuinfo") ?? "unknown"),
            .init("cores", "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"),
            .init("memory", memory),
            .init(
                "kernel",
                ProcessUsage.text(of: "/proc/sys/kernel/osrelease").split(separator: "\n").first.map(String.init)
                    ?? "unknown"
            ),
            .init("load before the run", loadAverage),
        ]
    }

    /// The median time of one small write to the disk on which the server keeps its data.
    ///
    /// - Parameter folder: A folder that this process can write to.
    /// - Returns: A fact, or `nil` where nothing could be written.
    static func fsync(in folder: String) async -> BenchReport.Fact? {
        guard let median = try? await NIOThreadPool.singleton.runIfActive({ medianSync(in: folder) }) else {
            return nil
        }
        return .init("fdatasync of 8 kB", "\(median / .microseconds(1)) µs")
    }

    private static func medianSync(in folder: String) -> Duration? {
        let path = "\(folder)/postroom-bench-sync"
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 0x55, count: 8192)
        var times: [Duration] = []
        for _ in 0..<64 {
            let start = ContinuousClock.now
            guard pwrite(file, page, page.count, 0) == page.count, fdatasync(file) == 0 else { return nil }
            times.append(ContinuousClock.now - start)
        }
        return times.sorted()[times.count / 2]
    }

    private static var memory: String {
        let kilobytes = field("MemTotal", of: "/proc/meminfo")?.split(separator: " ").first.flatMap { Int($0) }
        return kilobytes.map { "\(($0 + (1 << 19)) >> 20) GiB" } ?? "unknown"
    }

    /// The load of other programs shows here.
    private static var loadAverage: String {
        ProcessUsage.text(of: "/proc/loadavg").split(separator: " ").first.map(String.init) ?? "unknown"
    }

    private static func field(_ name: String, of path: String) -> String? {
        for line in ProcessUsage.text(of: path).split(separator: "\n") where line.hasPrefix(name) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
        }
        return nil
    }
}
