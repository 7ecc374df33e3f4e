/// A place in the conversation with Postgres at which a connection is to be cut.
package struct Cut: Hashable, Sendable {
    /// The moment at which the connection is cut.
    package enum Moment: Hashable, Sendable, CaseIterable {
        /// Before the server is told to commit: nothing is stored, and the client can't know.
        case beforeCommit
        /// After the server has committed, and before the client hears of it.
        case afterCommit
    }

    /// The moment at which the connection is cut.
    package var moment: Moment
    /// The end of the connection's `application_name`, such as `intake`; empty for any.
    package var role: String
    /// The start of the name of one of the statements that are committed together, such as `delivery_store`.
    ///
    /// Of a statement without a name it is a part of the text. Empty for any statement.
    package var statement: String

    /// Describes a cut.
    ///
    /// - Parameters:
    ///   - moment: The moment at which the connection is cut.
    ///   - role: The end of the connection's `application_name`; empty for any.
    ///   - statement: The start of a statement's name, or a part of its text where it has no name; empty for any.
    package init(_ moment: Moment, role: String = "", statement: String = "") {
        self.moment = moment
        self.role = role
        self.statement = statement
    }

    /// Returns whether this is the place.
    func isHere(application: String, statements: [CommittedStatement]) -> Bool {
        guard application.hasSuffix(role) else { return false }
        return statements.contains { $0.is(statement) }
    }
}

/// A cut that was made.
package struct CutRecord: Hashable, Sendable {
    /// The cut that was asked for.
    package let cut: Cut
    /// True if the server had committed; only what it refused by itself was not, where the cut came after the commit.
    package let wasCommitted: Bool
}

/// The name of a statement, or its text where it has none.
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
