import CLibrary

/// A server's own entry about itself in `postmaster.pid`.
struct PostmasterFile: Equatable {
    let processID: Int32
    let startTime: String
    let isReady: Bool

    /// Reads the file; `nil` where there is none, or it is not complete yet.
    static func read(in data: String) -> PostmasterFile? {
        guard let text = TextFile.read("\(data)/postmaster.pid") else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3, let id = Int32(lines[0]) else { return nil }
        let status = lines.count >= 8 ? lines[7] : ""
        // A standby that answers questions says "standby".
        let isReady = status.hasPrefix("ready") || status.hasPrefix("standby")
        return PostmasterFile(processID: id, startTime: String(lines[2]), isReady: isReady)
    }

    /// Waits for the status that says that the server accepts connections.
    ///
    /// - Parameters:
    ///   - data: The server's data folder.
    ///   - before: The file as it was before the start, which a crash may have left.
    ///   - guardian: The server's guardian.
    ///   - limit: The time at which to give up.
    /// - Returns: The file, or `nil` if the server ended or the limit passed.
    static func waitUntilReady(
        in data: String,
        after before: PostmasterFile?,
        _ guardian: Guardian,
        until limit: ContinuousClock.Instant
    ) async -> PostmasterFile? {
        while !guardian.hasEnded, .now < limit {
            if let file = read(in: data), file.isReady, file != before { return file }
            // The file is written in place, so there is nothing better to wait for than its next state.
            await ServerProcess.pause()
        }
        return nil
    }
}
