/// A reason for which there is no private server.
package struct PrivatePostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of trouble.
    package enum Kind: Hashable, Sendable {
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

    /// The kind of trouble.
    package let kind: Kind
    /// The fault, its place, and what to do.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
