import CLibrary

/// The resources that processes have used, as the kernel counts.
enum ProcessUsage {
    /// The processor time of this process so far, all threads.
    static var own: Duration {
        used(RUSAGE_SELF)
    }

    /// The processor time of this thread so far.
    static var ownThread: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The processor time of child processes that have ended.
    static var endedChildren: Duration {
        used(RUSAGE_CHILDREN)
    }

    /// The resident memory of this process, in bytes.
    static var residentBytes: Int {
        // Pages; the second number is the resident ones. /proc is memory: reading it blocks nobody.
        let fields = text(of: "/proc/self/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// The processor time of a process with all its children, those that it has waited for included.
    ///
    /// - Returns: `nil` where there is no such process.
    static func tree(of process: Int32) -> Duration? {
        guard let root = Status(process: process) else { return nil }
        var ticks = root.own + root.endedChildren
        for child in children(of: process) {
            if let status = Status(process: child) {
                ticks += status.own + status.endedChildren
            }
        }
        return .microseconds(ticks * 1_000_000 / sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func used(_ who: __rusage_who) -> Duration {
        var usage = rusage()
        getrusage(__rusage_who_t(truncatingIfNeeded: who.rawValue), &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return .seconds(seconds) + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    private static func children(of process: Int32) -> [Int32] {
        let listed = text(of: "/proc/\(process)/task/\(process)/children")
        return listed.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { Int32($0) }
    }

    /// The processor times in `/proc/<pid>/stat`, in ticks.
    private struct Status {
        let own: Int
        let endedChildren: Int

        init?(process: Int32) {
            // The name, in parentheses, may hold anything; what is wanted comes after it.
            let text = ProcessUsage.text(of: "/proc/\(process)/stat")
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[end...].split(separator: " ")
            guard fields.count > 15 else { return nil }
            let times = (12...15).compactMap { Int(fields[$0]) }
            guard times.count == 4 else { return nil }
            own = times[0] + times[1]
            endedChildren = times[2] + times[3]
        }
    }

    /// A file of `/proc` as text, empty where it can't be read.
    static func text(of path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            text.append(contentsOf: chunk[..<count])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
