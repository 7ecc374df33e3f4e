/// Why a private server cannot be had.
public struct PrivatePostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Kind: Hashable, Sendable {
        /// There is no Postgres server on this machine.
        case notInstalled
        /// A folder cannot be made, entered or written.
        case folder
        /// Another running process uses the directory.
        case inUse
        /// A program of Postgres failed.
        case failed
        /// The server did not start or stop in time.
        case timedOut
    }

    /// What kind of trouble it is.
    public let kind: Kind
    /// What is wrong, where, and what to do.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
