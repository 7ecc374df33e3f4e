import CLibrary

/// A running server, by its process id.
struct ServerProcess {
    enum Signal {
        case interrupt
        case quit
        case kill

        var number: Int32 {
            switch self {
            case .interrupt: SIGINT
            case .quit: SIGQUIT
            case .kill: SIGKILL
            }
        }
    }

    let id: Int32

    func send(_ signal: Signal) {
        _ = Glibc.kill(id, signal.number)
    }

    /// Returns whether the process lives and is the server of that data folder, not another one that got its number.
    func serves(_ data: String) -> Bool {
        guard Glibc.kill(id, 0) == 0 || errno == EPERM else { return false }
        guard let folder = realpath(data, nil) else { return false }
        defer { free(folder) }
        guard let current = realpath("/proc/\(id)/cwd", nil) else { return false }
        defer { free(current) }
        return strcmp(folder, current) == 0
    }

    /// Waits for the process to end.
    ///
    /// - Returns: True if it ended in time.
    func waitForEnd(serving data: String, for limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while serves(data) {
            if .now >= deadline { return false }
            await Self.pause()
        }
        return true
    }

    /// The pause between two looks at a process that is not our child.
    ///
    /// Cancellation does not make it a busy loop.
    static func pause() async {
        do {
            try await Task.sleep(for: .milliseconds(10))
        } catch {
            usleep(10_000)
        }
    }
}
