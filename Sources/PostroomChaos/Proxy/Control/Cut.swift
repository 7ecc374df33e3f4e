/// A place in the conversation with Postgres at which a connection is to be cut.
public struct Cut: Hashable, Sendable {
    /// When the connection is cut.
    public enum Moment: Hashable, Sendable, CaseIterable {
        /// Before the server is told to commit: nothing is stored, and the client can't know.
        case beforeCommit
        /// After the server has committed, and before the client hears of it.
        case afterCommit
    }

    /// When the connection is cut.
    public var moment: Moment
    /// How the connection's `application_name` ends, such as `intake`; empty for any.
    public var role: String
    /// How the name of one of the statements begins that are committed together, such as `delivery_store`.
    ///
    /// Of a statement without a name it is a part of the text. Empty for any statement.
    public var statement: String

    /// Describes a cut.
    ///
    /// - Parameters:
    ///   - moment: When the connection is cut.
    ///   - role: How the connection's `application_name` ends; empty for any.
    ///   - statement: How the name of a statement begins, or a part of its text where it has no name; empty for any.
    public init(_ moment: Moment, role: String = "", statement: String = "") {
        self.moment = moment
        self.role = role
        self.statement = statement
    }

    /// Whether this is the place.
    func isHere(application: String, statements: [CommittedStatement]) -> Bool {
        guard application.hasSuffix(role) else { return false }
        return statements.contains { $0.is(statement) }
    }
}

/// A cut that was made.
public struct CutRecord: Hashable, Sendable {
    /// What was asked for.
    public let cut: Cut
    /// Whether the server had committed; only what it refused by itself was not, where the cut came after the commit.
    public let wasCommitted: Bool
}

/// What names a statement: its own name, or its text where it has none.
enum CommittedStatement: Hashable {
    case named(String)
    case text(String)

    func `is`(_ part: String) -> Bool {
        switch self {
        case .named(let name): name.hasPrefix(part)
        case .text(let sql): part.isEmpty || sql.contains(part)
        }
    }
}
