import FoundationEssentials
import PostroomCore

extension CommandOutput {
    /// Lets a verb write to the process's own output, and fails where that is not possible.
    ///
    /// A reader that has gone, as `head` does, is no failure.
    ///
    /// - Throws: ``CommandFailure``, or what the body throws.
    package static func write(_ body: (CommandOutput) throws -> Void) throws {
        let output = CommandOutput.standard(environment: ProgramContext.current.environment)
        try body(output)
        if let problem = output.problem, problem != .closed {
            throw CommandFailure(.failed, problem.description)
        }
    }
}

extension Timestamp {
    /// This moment, by this machine's clock.
    static var now: Timestamp {
        Timestamp(Date())
    }
}
