import CLibPQ
import Glibc

/// The keywords and values that libpq connects with.
struct ConnectionParameters: Sendable {
    let keywords: [String]
    let values: [String]
    /// What must not appear in any text.
    let secrets: [String]

    /// Puts together what the connection string says and what the configuration adds.
    ///
    /// libpq lets a later keyword win, and reads the connection string where `dbname` stands: what comes before it are
    /// defaults, what comes after it always holds.
    ///
    /// - Throws: ``PostgresError`` of kind `configuration` where libpq cannot read the connection string.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let given = try Self.parse(configuration.connectionString)
        let seconds = max(2, (configuration.connectTimeout.milliseconds + 999) / 1_000)
        let pairs: [(String, String)] = [
            ("connect_timeout", String(seconds)),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
            ("fallback_application_name", configuration.applicationName),
            ("dbname", configuration.connectionString),
            ("client_encoding", "UTF8"),
        ]
        keywords = pairs.map(\.0)
        values = pairs.map(\.1)
        secrets =
            ["password", "sslpassword"].compactMap { given[$0] } + [Self.environment("PGPASSWORD")].compactMap(\.self)
    }

    /// The parameters that a connection string sets, by keyword.
    static func parse(_ text: String) throws(PostgresError) -> [String: String] {
        // libpq takes anything else for the name of a database.
        let isConnectionString = text.contains("=") || text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
        guard isConnectionString else { return [:] }
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            PQfreemem(message)  // It quotes the string, and with it the password.
            throw PostgresError(
                .configuration,
                "libpq cannot read the connection string; it is either a URL (postgres://user@host/database) or "
                    + "keywords and values (host=… dbname=…), and special characters in it must be escaped",
                isSafeToRetry: true
            )
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return given
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
