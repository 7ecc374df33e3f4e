package import PostroomInbox

/// How the database is reached.
package struct DatabaseSettings: Hashable, Sendable {
    /// Any libpq connection string; empty for what libpq's own environment variables say.
    package var url = ConnectionString("")
    /// The schema that holds the inbox.
    package var schema = "postroom"
    /// How many connections commit what was received.
    package var intakeConnections = 2
    /// How many connections claim and settle.
    package var dispatchConnections = 2
    /// How long one statement may take before the server ends it.
    package var statementTimeout: Duration = .seconds(15)
    /// What stands between us and Postgres.
    package var pooling: InboxConfiguration.Pooling = .session

    /// The keys of the section.
    package static let table: [Setting<DatabaseSettings>] = [
        Setting(
            "url",
            \.url,
            .connectionString,
            isSecret: true,
            "where Postgres is; any libpq connection string, several hosts included"
        ),
        Setting("schema", \.schema, .schemaName, "the schema that holds the inbox"),
        Setting(
            "connections.intake",
            \.intakeConnections,
            .number(1...64),
            "connections that commit what was received"
        ),
        Setting("connections.dispatch", \.dispatchConnections, .number(1...64), "connections that claim and settle"),
        Setting(
            "statement-timeout",
            \.statementTimeout,
            .duration(.milliseconds(100)...(.seconds(600))),
            "how long one statement may take before the server ends it"
        ),
        Setting(
            "pooling",
            \.pooling,
            .choice,
            "'transaction' behind PgBouncer in transaction mode: no session state, wake-ups by polling"
        ),
    ]
}
