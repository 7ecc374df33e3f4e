/// What the program tells its caller when it ends.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// It did what was asked.
    case done = 0
    /// It could not, and trying again will not help by itself.
    case failed = 1
    /// The command line or the configuration is wrong.
    case usage = 64
    /// It could not now: the database can't be reached, for example.
    case tryAgain = 75
}
