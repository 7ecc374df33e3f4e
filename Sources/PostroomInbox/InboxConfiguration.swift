/// The address and the connections of the inbox.
package struct InboxConfiguration: Hashable, Sendable, CustomReflectable {
    /// Any libpq connection string, several hosts included.
    package var connectionString: String
    /// The connection strings of several servers, each with an inbox of its own.
    ///
    /// There are none where ``connectionString`` names the only one; ``places`` has a configuration for each.
    package var servers: [String] = []
    /// The numbers of the servers that take nothing new and empty themselves.
    package var draining: [Int] = []
    /// The number of the server among several; `nil` where it is the only one.
    package var number: Int?
    /// The schema that holds the inbox.
    package var schema: SchemaName
    /// The number of connections that commit deliveries.
    ///
    /// Two let one commit fill while the other is on its way to the disk.
    package var intakeConnections: Int
    /// The number of connections that claim and settle.
    ///
    /// One to four drain equally fast on two cores, at 7.4 to 8.3 µs of processor time an event
    /// (`postroom bench drain --connections 1`); the second is for when the first is lost.
    package var dispatchConnections: Int
    /// The longest run of a statement before the server ends it.
    package var statementTimeout: Duration
    /// The pooler between the inbox and Postgres.
    package var pooling: Pooling

    /// The time for which a connection of ours is the same session of the server.
    package enum Pooling: String, Hashable, Sendable, CaseIterable {
        /// For as long as it is open: Postgres itself, or a pooler in session mode.
        case session
        /// For one transaction, as behind PgBouncer in transaction mode.
        ///
        /// Statements are not prepared, settings are made in each transaction, and other processes' work is found by
        /// polling instead of `LISTEN`.
        case transaction
    }

    /// Describes how to reach an inbox.
    package init(
        connectionString: String,
        schema: SchemaName = .standard,
        intakeConnections: Int = 2,
        dispatchConnections: Int = 2,
        statementTimeout: Duration = .seconds(15),
        pooling: Pooling = .session
    ) {
        self.connectionString = connectionString
        self.schema = schema
        self.intakeConnections = intakeConnections
        self.dispatchConnections = dispatchConnections
        self.statementTimeout = statementTimeout
        self.pooling = pooling
    }

    /// A mirror without children: no description shows the connection string, which may hold a password.
    package var customMirror: Mirror {
        Mirror(self, children: [])
    }
}

/// The name of a Postgres schema, safe to be put into SQL.
package struct SchemaName: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    package let description: String

    /// Takes a name of 1 to 63 lower-case letters, digits and underscores that does not start with a digit.
    ///
    /// - Returns: `nil` for any other name.
    package init?(_ name: String) {
        let isAllowed = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        }
        guard isAllowed, (1...63).contains(name.utf8.count), name.first?.isNumber == false else { return nil }
        self.description = name
    }

    private init(trusted name: String) {
        self.description = name
    }

    /// The schema `postroom`.
    package static let standard = SchemaName(trusted: "postroom")

    /// Puts this schema into SQL that is written for `postroom`.
    func rewrite(_ sql: String) -> String {
        self == .standard ? sql : sql.replacing("postroom.", with: "\"\(description)\".")
    }
}
