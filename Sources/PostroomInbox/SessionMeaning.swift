import PostgresClient

/// The settings that every session of the inbox pins, so that no role, database, environment or pooler changes the
/// meaning of a statement.
///
/// Some are left to people: `default_transaction_read_only`, which fences a database off,
/// where tables lie, and what the server logs.
enum SessionMeaning {
    /// The settings, which hold for a session or for each transaction.
    static let settings = PostgresSettings([
        // Above it a duplicate that commits at the same time would be an error instead of a duplicate.
        PostgresSetting("default_transaction_isolation", "read committed"),
        PostgresSetting("TimeZone", "UTC"),
        PostgresSetting("DateStyle", "ISO, MDY"),
        PostgresSetting("IntervalStyle", "postgres"),
        PostgresSetting("standard_conforming_strings", "on"),
        PostgresSetting("transform_null_equals", "off"),
        // Every statement names its schema; functions and operators are the server's.
        PostgresSetting("search_path", "pg_catalog, pg_temp"),
        // A policy that hides rows would look like rows that are gone: this makes it an error.
        PostgresSetting("row_security", "off"),
    ])

    /// The settings that are pinned beside them where that costs nothing for each transaction.
    ///
    /// Connections that wait for work are not idle by mistake, and a statement that is long is bounded by its own limit.
    static let lasting = PostgresSettings([
        PostgresSetting("idle_session_timeout", "0"),
        PostgresSetting("transaction_timeout", "0", .whereKnown),
        PostgresSetting("default_transaction_deferrable", "off"),
        PostgresSetting("bytea_output", "hex"),
        PostgresSetting("extra_float_digits", "1"),
        PostgresSetting("check_function_bodies", "on"),
    ])

    /// The settings that a 200 needs: a commit that answers before it is on disk is none.
    static let durable = PostgresSettings([PostgresSetting("synchronous_commit", "on", .insteadOf("off"))])

    /// The settings of sessions that run statements of the program's own, which mean what its role and database say.
    static let ofOthers = PostgresSettings([PostgresSetting("default_transaction_isolation", "read committed")])

    /// The settings for sessions that last, or do not.
    static func settings(for pooling: InboxConfiguration.Pooling) -> PostgresSettings {
        pooling == .session ? settings.merging(lasting) : settings
    }
}
