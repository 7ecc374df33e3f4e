import Glibc
import Testing

@testable import PostgresClient

@Suite("Connecting", .timeLimit(.minutes(3)))
struct ConfigurationTests {
    @Test("sets name, time-outs and settings for the session, after the user's options")
    func session() async throws {
        try await TestServer.withConnection {
            $0.connectionString += " options='-c work_mem=5MB -c lock_timeout=1'"
            $0.applicationName = "a name"
            $0.statementTimeout = .seconds(7)
            $0.lockTimeout = .milliseconds(1_500)
            $0.settings = ["search_path": "a\\b, \"c d\"", "plan_cache_mode": "force_generic_plan"]
        } _: { connection in
            for (setting, value) in [
                ("application_name", "a name"), ("statement_timeout", "7s"), ("lock_timeout", "1500ms"),
                ("search_path", "a\\b, \"c d\""), ("plan_cache_mode", "force_generic_plan"), ("work_mem", "5MB"),
                ("client_encoding", "UTF8"),
            ] {
                let shown = try await connection.query("SHOW \(setting)")
                #expect(shown == [[value]])
            }
        }
    }

    @Test("lets the connection string win where it says something")
    func defaults() async throws {
        try await TestServer.withConnection {
            $0.connectionString += " application_name=mine"
        } _: { connection in
            let shown = try await connection.query("SHOW application_name")
            #expect(shown == [["mine"]])
        }
        var configuration = PostgresConfiguration(
            connectionString: "postgres:///x",
            connectTimeout: .milliseconds(2_100)
        )
        configuration.statementTimeout = .zero
        configuration.lockTimeout = .zero
        let parameters = try ConnectionParameters(configuration)
        let named = Dictionary(uniqueKeysWithValues: zip(parameters.keywords, parameters.values))
        #expect(named["connect_timeout"] == "3")
        #expect(named["options"] == nil)
        #expect(parameters.keywords.firstIndex(of: "keepalives_idle") ?? 99 < 6)
        #expect(parameters.keywords.firstIndex(of: "dbname") == 6)
    }

    @Test("reaches the first host that serves", arguments: ["", " target_session_attrs=read-write"])
    func severalHosts(_ attributes: String) async throws {
        try await TestServer.withConnection {
            guard let host = $0.connectionString.split(separator: " ").first(where: { $0.hasPrefix("host=") }) else {
                return
            }
            $0.connectionString += " host=/nowhere,\(host.dropFirst(5)) port=1,5432" + attributes
        } _: { connection in
            let shown = try await connection.query("SELECT 1")
            #expect(shown == [["1"]])
        }
    }

    @Test(
        "never shows a password",
        arguments: [
            "postgres://user:hunter2%zz@localhost/x",
            "password=hunter2 garbage host=",
            "hunter2=password host=nowhere",
            "host=/nowhere/hunter2 password=hunter2 dbname=x",
            "postgres://user:hunter2@localhost:1/hunter2",
            "host=127.0.0.1 port=1 password='hunter2'",
        ]
    )
    func passwords(_ connectionString: String) async throws {
        let configuration = PostgresConfiguration(connectionString: connectionString)
        let error = await failure {
            try await TestServer.withConnection(to: configuration) { _ in }
        }
        let text = try #require(error).description
        #expect(!text.contains("hunter2"))
        #expect(error?.isSafeToRetry == true)
    }

    @Test(
        "tells what will not get better by itself",
        arguments: [
            ("dbname=nosuch", SQLState.invalidCatalogName, false),
            ("user=nosuch", SQLState.invalidAuthorization, false),
        ]
    )
    func refused(_ addition: String, _ state: SQLState, _ isTransient: Bool) async throws {
        var configuration = try await TestServer.configuration()
        configuration.connectionString += " \(addition)"
        let error = await failure { try await TestServer.withConnection(to: configuration) { _ in } }
        #expect(error?.kind == .connectFailed)
        #expect(error?.sqlState == state)
        #expect(error?.isTransient == isTransient)
    }

    @Test(
        "recognizes the server's reason in libpq's text",
        arguments: [
            ("FATAL:  password authentication failed for user \"x\"", SQLState.invalidPassword),
            ("fe_sendauth: no password supplied", SQLState.invalidPassword),
            ("FATAL:  sorry, too many clients already", SQLState.tooManyConnections),
            ("FATAL:  the database system is starting up", SQLState.cannotConnectNow),
            ("FATAL:  the database system is shutting down", SQLState.cannotConnectNow),
            (
                "one: FATAL: password authentication failed; two: the database system is in recovery mode",
                .cannotConnectNow
            ),
            ("one: Connection refused; two: password authentication failed", nil),
            ("FATAL:  something else", nil),
        ] as [(String, SQLState?)]
    )
    func reasons(_ text: String, _ state: SQLState?) {
        #expect(ConnectFailure.state(of: text) == state)
    }

    @Test("stops waiting when cancelled")
    func cancelled() async throws {
        // A listening socket that never accepts answers no handshake.
        let silent = try SilentServer()
        defer { silent.close() }
        let configuration = PostgresConfiguration(
            connectionString: "host=127.0.0.1 port=\(silent.port) sslmode=disable"
        )
        let start = ContinuousClock.now
        await withTaskGroup(of: PostgresError?.self) { group in
            group.addTask { await failure { try await TestServer.withConnection(to: configuration) { _ in } } }
            group.cancelAll()
            let error = await group.next() ?? nil
            #expect(error?.kind == .cancelled)
        }
        #expect(start.duration(to: .now) < .seconds(2))
    }
}

/// A socket that listens and never answers.
private struct SilentServer {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = withUnsafeMutablePointer(to: &address) { [descriptor] address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        try #require(listening)
        port = UInt16(bigEndian: address.sin_port)
    }

    func close() {
        Glibc.close(descriptor)
    }
}
