/// What a person is told who asked for a replay.
enum ReplayNotice {
    /// Writes the replay's number, and how to follow it.
    static func write(_ replay: Int64) throws {
        try CommandOutput.write { output in
            output.line("replay \(replay)")
            output.note("follow it with '\(ProgramContext.current.path) replays show \(replay)'")
        }
    }
}
