import PostroomCore

/// The end of a program.
enum ProgramExit: Hashable {
    case status(Int)
    case signal(Int)
}

/// The meaning of a program's end for the attempt, by the statuses of `sysexits.h` where there is one.
enum ExitVerdict {
    /// The status of `EX_DATAERR`: the input is wrong, and another attempt would find the same.
    static let permanent = 65
    /// The status of `EX_TEMPFAIL`: come back later.
    static let later = 75

    /// Finds the failure that an end means.
    ///
    /// - Parameters:
    ///   - exit: The end.
    ///   - retryAfter: The time until the next attempt after ``later``.
    /// - Returns: The failure; `nil` where the event was handled.
    static func failure(_ exit: ProgramExit, retryAfter: Duration) -> ForwardFailure? {
        switch exit {
        case .status(0): nil
        case .status(permanent): .permanent("exited with \(permanent): the event can't be handled")
        case .status(later): ForwardFailure("exited with \(later): to be tried again later", .retry(after: retryAfter))
        case .status(let status): ForwardFailure("exited with \(status)")
        case .signal(let signal): ForwardFailure("was ended by signal \(signal)")
        }
    }
}
