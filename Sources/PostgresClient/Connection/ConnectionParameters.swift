import CLibPQ

/// The keywords and values that libpq connects with.
struct ConnectionParameters: Sendable {
    let keywords: [String]
    let values: [String]
    /// The passwords, which must not appear in any text.
    let secrets: [String]

    /// Merges the connection string with the rest of the configuration.
    ///
    /// libpq lets a later keyword win, and reads the connection string in the place of `dbname`: the keywords before it are
    /// defaults, and those after it always hold.
    ///
    /// - Throws: ``PostgresError`` of kind `configuration` where libpq cannot read the connection string.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let given = try Self.parse(configuration.connectionString)
        let seconds = max(2, (configuration.connectTimeout.milliseconds + 999) / 1_000)
        let pairs: [(String, String)] =
            [
                ("connect_timeout", String(seconds)),
                ("keepalives_idle", "30"),
                ("keepalives_interval", "10"),
                ("keepalives_count", "3"),
                ("tcp_user_timeout", "30000"),
                ("fallback_application_name", configuration.applicationName),
                ("dbname", configuration.connectionString),
                ("client_encoding", "UTF8"),
            ] + (configuration.address?.parameters ?? [])
        keywords = pairs.map(\.0)
        values = pairs.map(\.1)
        secrets =
            ["password", "sslpassword"].compactMap { given[$0] } + [System.environment("PGPASSWORD")].compactMap(\.self)
    }

    /// The servers that a connection string names, where it names several.
    static func addresses(in text: String) throws(PostgresError) -> [ServerAddress] {
        let given = try parse(text)
        func list(_ keyword: String) -> [String] {
            given[keyword].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        }
        let (hosts, numbers, ports) = (list("host"), list("hostaddr"), list("port"))
        let count = max(hosts.count, numbers.count)
        guard count > 1 else { return [] }
        return (0..<count)
            .map { index in
                ServerAddress(
                    host: hosts.indices.contains(index) ? hosts[index] : nil,
                    hostAddress: numbers.indices.contains(index) ? numbers[index] : nil,
                    port: ports.indices.contains(index) ? ports[index] : ports.first
                )
            }
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
}

/// One of the servers that a connection string names.
struct ServerAddress: Hashable, Sendable {
    let host: String?
    let hostAddress: String?
    let port: String?

    /// The parameters that, behind the connection string, leave only this server of it.
    fileprivate var parameters: [(String, String)] {
        [("host", host), ("hostaddr", hostAddress), ("port", port)]
            .compactMap { name, value in value.map { (name, $0) } }
    }
}

extension PostgresConfiguration {
    /// Checks a connection string as far as that is possible without connecting.
    ///
    /// - Parameter connectionString: The string; an empty one stands for libpq's environment variables.
    /// - Returns: The problem, without any secret; `nil` where there is none.
    package static func problem(with connectionString: String) -> String? {
        do throws(PostgresError) {
            let given = try ConnectionParameters.parse(connectionString)
            let secrets = ["password", "sslpassword"].compactMap { given[$0] }
            return portProblem(given) ?? valueProblem(connectionString, hiding: secrets)
        } catch {
            return error.message
        }
    }

    /// libpq looks at ports only when it connects.
    private static func portProblem(_ given: [String: String]) -> String? {
        guard let text = given["port"], !text.isEmpty else { return nil }
        let ports = text.split(separator: ",", omittingEmptySubsequences: false)
        let hosts = (given["hostaddr"] ?? given["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        guard ports.count == 1 || ports.count == hosts.count else {
            return "it names \(ports.count) ports for \(hosts.count) host(s); give one for all, or one for each"
        }
        let areValid = ports.allSatisfy { port in port.isEmpty || UInt16(port).map { $0 > 0 } ?? false }
        return areValid ? nil : "a port is a number from 1 to 65535"
    }

    /// Has libpq look at every value, which it does before it connects; the connection that it then begins is to a port of
    /// this machine without a listener.
    private static func valueProblem(_ connectionString: String, hiding secrets: [String]) -> String? {
        let nowhere = "127.0.0.1"
        let pairs = [("dbname", connectionString), ("host", "localhost"), ("hostaddr", nowhere), ("port", "1")]
        let text = Connector.withCStrings(pairs.map(\.0)) { keywords in
            Connector.withCStrings(pairs.map(\.1)) { values -> String? in
                guard let connection = PQconnectStartParams(keywords, values, 1) else { return nil }
                defer { PQfinish(connection) }
                guard PQstatus(connection) == CONNECTION_BAD else { return nil }
                return PQerrorMessage(connection).map { String(cString: $0) }
            }
        }
        guard let text, !text.contains(nowhere) else { return nil }
        return ConnectFailure.singleLine(text, hiding: secrets)
    }
}
