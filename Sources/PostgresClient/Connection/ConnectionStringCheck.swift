import CLibPQ

extension PostgresConfiguration {
    /// Tells what is wrong with a connection string, as far as that can be known without connecting.
    ///
    /// - Parameter connectionString: The string; an empty one stands for what libpq's environment variables say.
    /// - Returns: The reason, without any secret; `nil` where nothing is wrong.
    public static func problem(with connectionString: String) -> String? {
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

    /// Has libpq look at every value; it does so before it connects, which it begins to a port of this machine that nobody
    /// listens on.
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
        return ConnectFailure.tidy(text, hiding: secrets)
    }
}
