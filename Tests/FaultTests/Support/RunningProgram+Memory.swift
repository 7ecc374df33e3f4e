import ProgramHarness

extension RunningProgram {
    /// The most memory that the process has had at a time, in MiB.
    func peakMemory() async throws -> Int {
        let status = TestFolder.read("/proc/\(try await processID())/status")
        let words = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?
            .split(whereSeparator: \.isWhitespace)
        guard let words, words.count == 3, let kibibytes = Int(words[1]) else {
            throw Unexpected("the process does not say what memory it has")
        }
        return kibibytes >> 10
    }
}
